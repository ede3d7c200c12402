/** Violated keys and constraints, in SQL Server's words. */
import type { DatabaseError } from 'pg';
import { type CatalogConstraint, PostgresCatalog } from '../catalog';
import type { Context, Rule } from './rule';

const isTemporary = (schema: string): boolean => schema.startsWith('pg_temp');

function tableName(error: DatabaseError, { table }: Context): string {
  const schema = error.schema ?? table?.schema ?? 'dbo';
  return `${isTemporary(schema) ? 'dbo' : schema}.${error.table ?? table?.name ?? ''}`;
}

function databaseName(error: DatabaseError, { catalog }: Context): string {
  return isTemporary(error.schema ?? '') ? 'tempdb' : (catalog?.database ?? '');
}

function constraintOf(error: DatabaseError, { catalog }: Context): CatalogConstraint | undefined {
  if (!(catalog instanceof PostgresCatalog) || error.constraint === undefined) return undefined;
  return catalog.constraint(error.schema ?? 'dbo', error.constraint);
}

/** `Key ("ProductID")=(1) already exists.` -> `(1)` */
function duplicateKey(error: DatabaseError): string {
  const value = /=\((.*)\) (?:already exists|is duplicated)\.$/s.exec(error.detail ?? '')?.[1] ?? '';
  return `(${value.replace(/(^|, )null(?=,|$)/g, '$1<NULL>')})`;
}

export const uniqueViolation: Rule = (error, context) => {
  const constraint = constraintOf(error, context);
  const name = constraint?.name ?? error.constraint ?? '';
  const table = tableName(error, context);
  const value = `The duplicate key value is ${duplicateKey(error)}.`;
  if (error.message.startsWith('could not create unique index'))
    return [
      1505,
      `The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name '${table}' and the index name '${name}'. ${value}`,
    ];
  if (constraint?.kind === 'INDEX')
    return [2601, `Cannot insert duplicate key row in object '${table}' with unique index '${name}'. ${value}`, 14];
  const kind = constraint?.kind ?? 'PRIMARY KEY';
  return [
    2627,
    `Violation of ${kind} constraint '${name}'. Cannot insert duplicate key in object '${table}'. ${value}`,
    14,
  ];
};

export const notNullViolation: Rule = (error, context) => {
  // PostgreSQL doesn't tell an UPDATE's rows from an INSERT's; a column made NOT NULL over NULLs is an UPDATE to SQL Server.
  const operation = error.message.includes('contains null values') ? 'UPDATE' : 'INSERT';
  return [
    515,
    `Cannot insert the value NULL into column '${error.column ?? ''}', table '${databaseName(error, context)}.${tableName(error, context)}'; column does not allow nulls. ${operation} fails.`,
    16,
    2,
  ];
};

export const foreignKeyViolation: Rule = (error, context) => {
  const constraint = constraintOf(error, context);
  const removed = (error.detail ?? '').includes('still referenced');
  const [statement, kind] = removed ? ['DELETE', 'REFERENCE'] : ['INSERT', 'FOREIGN KEY'];
  const conflict = removed ? constraint : constraint?.referenced;
  const column = constraint?.columns[0] ?? '';
  return [
    547,
    `The ${statement} statement conflicted with the ${kind} constraint "${error.constraint ?? ''}". The conflict occurred in database "${databaseName(error, context)}", table "${conflict?.schema ?? 'dbo'}.${conflict?.table ?? ''}", column '${column}'.`,
    16,
    0,
  ];
};

export const checkViolation: Rule = (error, context) => {
  const column = constraintOf(error, context)?.columns ?? [];
  return [
    547,
    `The INSERT statement conflicted with the CHECK constraint "${error.constraint ?? ''}". The conflict occurred in database "${databaseName(error, context)}", table "${tableName(error, context)}"${column.length === 1 ? `, column '${column.join('')}'` : ''}.`,
    16,
    0,
  ];
};
