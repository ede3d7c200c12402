/** A T-SQL value as PostgreSQL text, with what T-SQL's rules ask about it: its type and where its collation comes from. */
import { SqlServerError, type SqlType } from '../../../contract';
import type { CatalogTable } from '../../contract';
import { collationName } from '../names';
import { isString, postgresType } from '../types';

/**
 * T-SQL's collation labels. PostgreSQL has the same two levels above its default one; what is `default` here (literals,
 * variables, conversions) has PostgreSQL's default collation and must be given the database's where nothing else rules.
 */
export type CollationLabel =
  | { readonly strength: 'default' }
  | { readonly strength: 'implicit' | 'explicit'; readonly name: string | undefined }
  /** Two columns of different collations: an error where the collation matters. */
  | { readonly strength: 'conflict'; readonly names: readonly [string, string] };

export interface Value {
  /** Can stand as an operand without further parentheses. */
  readonly sql: string;
  /** Undefined: a bare NULL. */
  readonly type: SqlType | undefined;
  readonly collation: CollationLabel;
  /** False only where it is known never to be NULL. */
  readonly nullable: boolean;
  /** The text of a literal. */
  readonly literal?: string | undefined;
  /** The column of a table that it is, unchanged. */
  readonly origin?: { readonly table: CatalogTable; readonly column: string } | undefined;
}

export const DEFAULT_COLLATION: CollationLabel = { strength: 'default' };

export function valueOf(sql: string, type: SqlType | undefined, collation: CollationLabel = DEFAULT_COLLATION): Value {
  return { sql, type, collation, nullable: true };
}

export const NULL_VALUE: Value = { sql: 'NULL', type: undefined, collation: DEFAULT_COLLATION, nullable: true };

export function isBareNull(value: Value): boolean {
  return value.type === undefined;
}

export function typedAs(value: Value, type: SqlType): string {
  return isBareNull(value) ? `NULL::${postgresType(type)}` : value.sql;
}

const STRENGTH = { default: 0, implicit: 1, conflict: 2, explicit: 3 } as const;

/** Which collation an operation on these values has. Throws 468 where two are written out and differ. */
export function combineCollations(values: readonly Value[], operation = 'the operation'): CollationLabel {
  let result: CollationLabel = DEFAULT_COLLATION;
  for (const value of values) {
    if (!isString(value.type)) continue;
    const next = value.collation;
    if (STRENGTH[next.strength] > STRENGTH[result.strength]) {
      result = next;
    } else if (
      isNamed(next) &&
      isNamed(result) &&
      next.strength === result.strength &&
      differ(next.name, result.name)
    ) {
      if (next.strength === 'explicit') throw collationConflict(result.name ?? '', next.name ?? '', operation);
      result = { strength: 'conflict', names: [result.name ?? '', next.name ?? ''] };
    }
  }
  return result;
}

function isNamed(label: CollationLabel): label is Extract<CollationLabel, { name: unknown }> {
  return label.strength === 'implicit' || label.strength === 'explicit';
}

function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one.toLowerCase() !== other.toLowerCase();
}

function collationConflict(one: string, other: string, operation: string): SqlServerError {
  return new SqlServerError(
    468,
    `Cannot resolve the collation conflict between "${one}" and "${other}" in the ${operation} operation.`,
    16,
    9,
  );
}

/**
 * The values' collation where it matters (a comparison, a sort). Throws 468 where it can't be told; says whether the
 * database's collation must be written out.
 */
export function needsDatabaseCollation(values: readonly Value[], operation: string): boolean {
  const strings = values.filter((value) => isString(value.type));
  if (strings.length === 0) return false;
  const label = combineCollations(strings, operation);
  if (label.strength === 'conflict') throw collationConflict(label.names[0], label.names[1], operation);
  return label.strength === 'default';
}

export function collate(sql: string, collation: string): string {
  return `(${sql} COLLATE ${collationName(collation)})`;
}
