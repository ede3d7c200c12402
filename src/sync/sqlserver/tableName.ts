/**
 * Reads the product table's name as the user wrote it: `Products`, `dbo.Products`, `[My Items]`, `[a].[b.c]`,
 * `"quoted"`.
 */
import { ShopError } from '../errors';
import { maxNameLength, quoteName } from './quoting';

export interface TableName {
  /** Absent: the login's default schema decides, then dbo. */
  readonly schema?: string;
  readonly table: string;
}

export type ParsedTableName =
  { readonly ok: true; readonly value: TableName } | { readonly ok: false; readonly reason: string };

type ParsedPart =
  { readonly ok: true; readonly name: string; readonly rest: string } | { readonly ok: false; readonly reason: string };

/**
 * Regular identifiers (SQL Server's documentation, "Database identifiers"), except that a keyword needs no brackets
 * here.
 */
const regularName = /^[\p{L}_][\p{L}\p{N}\p{M}_@$#]*/u;
const bracketedName = /^\[((?:[^\]]|\]\])*)\](?!\])/u;
const quotedName = /^"((?:[^"]|"")*)"(?!")/u;
/** Control characters, and halves of surrogate pairs. */
const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

export function parseTableName(input: string): ParsedTableName {
  const written = input.trim();
  if (written === '') return refuse('It is empty.');
  if (unprintable.test(written)) return refuse('It has characters that no table name has.');

  const first = parsePart(written);
  if (!first.ok) return first;
  if (first.rest === '') return { ok: true, value: { table: first.name } };
  if (!first.rest.startsWith('.')) return refuseRest(first.rest);

  const second = parsePart(first.rest.slice(1));
  if (!second.ok) return second;
  if (second.rest === '') return { ok: true, value: { schema: first.name, table: second.name } };
  if (second.rest.startsWith('.'))
    return refuse('It has more than two parts. Write schema.table, and the database in its own field.');
  return refuseRest(second.rest);
}

/** The name as SQL Server's tools write it; parses back to the same name. */
export function quoteTableName(name: TableName): string {
  return name.schema === undefined ? quoteName(name.table) : `${quoteName(name.schema)}.${quoteName(name.table)}`;
}

/** The name as a user would write it, in brackets only where it has to be; parses back to the same name. */
export function writeTableName(name: TableName): string {
  const parts = name.schema === undefined ? [name.table] : [name.schema, name.table];
  return parts.every((part) => regularName.exec(part)?.[0] === part) ? parts.join('.') : quoteTableName(name);
}

function parsePart(written: string): ParsedPart {
  if (written === '' || written.startsWith('.')) return refuse('A part of it is empty.');
  if (written.startsWith('['))
    return delimited(written, bracketedName, ']', 'It has an opening bracket that is never closed.');
  if (written.startsWith('"'))
    return delimited(written, quotedName, '"', 'It has a quotation mark that is never closed.');
  if (written.startsWith('#')) return refuseTemporary();
  const name = regularName.exec(written)?.[0];
  if (name === undefined) return refuseRest(written);
  return checked(name, written.slice(name.length));
}

function delimited(written: string, pattern: RegExp, closing: string, unclosed: string): ParsedPart {
  const match = pattern.exec(written);
  if (match?.[1] === undefined) return refuse(unclosed);
  return checked(match[1].replaceAll(closing + closing, closing), written.slice(match[0].length));
}

function checked(name: string, rest: string): ParsedPart {
  if (name.trim() === '') return refuse('A part of it is empty.');
  if (name.length > maxNameLength) return refuse(`A name in SQL Server has at most ${maxNameLength} characters.`);
  if (name.startsWith('#')) return refuseTemporary();
  return { ok: true, name, rest };
}

function refuse(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

function refuseTemporary(): { readonly ok: false; readonly reason: string } {
  return refuse('Temporary tables can’t be synced.');
}

function refuseRest(rest: string): { readonly ok: false; readonly reason: string } {
  return refuse(`It can’t be read from “${rest}” on. Put a name with blanks or signs in brackets, as in [My Items].`);
}

/** @throws ShopError table-name-invalid */
export function requireTableName(written: string): TableName {
  const parsed = parseTableName(written);
  if (parsed.ok) return parsed.value;
  throw new ShopError(
    'table-name-invalid',
    `The name of the product table can’t be read: ${parsed.reason}`,
    'Write it as Products, dbo.Products or [My Items].',
    { remedy: 'configure' },
  );
}
