/**
 * The comment that marks a trigger as shopMaster's, and what can be told from it: which version of the triggers it is,
 * for which columns it was made, and whether someone changed it by hand.
 */
import { createHash } from 'node:crypto';
import { columnRoles, type ColumnRole, describeType } from './columnTypes';
import type { ProductColumn } from './productTableInfo';

/** Raised whenever the triggers' text changes in a way that installed ones should follow. */
export const captureVersion = 1;

/** What every marker has in it. */
export const markerPhrase = 'shopMaster capture';
const pattern = /^-- shopMaster capture (\d+), columns ([0-9a-f]{16}), text ([0-9a-f]{16})\r?\n/m;
const placeholder = `-- ${markerPhrase}\n`;

export interface TriggerMarker {
  readonly version: number;
  readonly columns: string;
  /** False: the text was changed since shopMaster wrote it. */
  readonly intact: boolean;
}

/** What `columnsFingerprint` is made of. */
export type CapturedColumn = Pick<ProductColumn, 'type' | 'nullable'>;

/**
 * A fingerprint of the columns as far as the triggers depend on them: types, widths, NULLs. A missing column counts as
 * one more type.
 */
export function columnsFingerprint(columns: Readonly<Partial<Record<ColumnRole, CapturedColumn>>>): string {
  const parts = columnRoles.map((role) => {
    const column = columns[role];
    return column === undefined
      ? `${role} is missing`
      : `${role} ${describeType(column.type)} ${column.nullable ? 'NULL' : 'NOT NULL'}`;
  });
  return fingerprint(parts.join('\n'));
}

/** Puts the marker into a trigger's text, in the line that `markerLine` left for it. */
export function mark(text: string, columns: string): string {
  return text.replace(
    placeholder,
    () => `-- ${markerPhrase} ${captureVersion}, columns ${columns}, text ${textFingerprint(text)}\n`,
  );
}

/** The line of a trigger's text that `mark` fills. */
export const markerLine = placeholder.trimEnd();

/** Reads a trigger's text as OBJECT_DEFINITION gives it; null where it has no marker. */
export function readMarker(definition: string): TriggerMarker | null {
  const match = pattern.exec(definition);
  if (match?.[1] === undefined || match[2] === undefined || match[3] === undefined) return null;
  return {
    version: Number(match[1]),
    columns: match[2],
    intact: textFingerprint(definition.replace(pattern, placeholder)) === match[3],
  };
}

/** Line ends and blanks around the text are nobody's change: tools rewrite them. */
function textFingerprint(text: string): string {
  return fingerprint(text.replaceAll('\r\n', '\n').trim());
}

function fingerprint(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 16);
}
