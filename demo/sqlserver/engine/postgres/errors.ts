/** PostgreSQL's errors as SQL Server's: number, severity, state and text. */
import { DatabaseError } from 'pg';
import { SqlServerError } from '../../contract';
import type { MapError } from '../contract';
import { PostgresCatalog } from './catalog';
import { checkViolation, foreignKeyViolation, notNullViolation, uniqueViolation } from './errors/constraints';
import { type Context, type Numbered, type Rule, quotedName } from './errors/rule';
import { collationConflict, numericOverflow, typeMismatch, undefinedFunction } from './errors/types';

/** Identity columns have sequences, too, which the catalog doesn't list. */
const sequenceExhausted: Rule = (error, { catalog }) => {
  const name = quotedName(error.message, /sequence "(.+?)"/);
  if (!(catalog instanceof PostgresCatalog) || !catalog.hasSequence(name))
    return [8115, 'Arithmetic overflow error converting IDENTITY to data type int.'];
  return [
    11728,
    `The sequence object '${name}' has reached its minimum or maximum value. Restart the sequence object to allow new values to be generated.`,
  ];
};

const undefinedColumn: Rule = (error) => {
  const name = quotedName(error.message, /^column "?(.+?)"?(?: of relation ".*")? does not exist$/);
  return [207, `Invalid column name '${name.split('.').at(-1)?.replaceAll('"', '') ?? name}'.`];
};

const undefinedObject: Rule = (error) => {
  const { message } = error;
  const [, kind = '', name = ''] = /^(\w+) "(.+?)"/.exec(message) ?? [];
  switch (kind) {
    case 'type':
      return [2715, `Column, parameter, or variable #1: Cannot find data type ${name}.`, 16, 6];
    case 'collation':
      return [448, `Invalid collation '${name}'.`];
    case 'constraint':
      return [3728, `'${name}' is not a constraint.`];
    default:
      return [
        3701,
        `Cannot drop the ${kind} '${name}', because it does not exist or you do not have permission.`,
        11,
        5,
      ];
  }
};

const dependentObjects: Rule = (error) => {
  const [, kind = '', name = ''] =
    /^cannot drop (table|column|schema|sequence|view) (.+?)(?: of table .*)? because/.exec(error.message) ?? [];
  const bare = name.replaceAll('"', '');
  const dependent =
    /^(?:constraint|default value for column|view|table|function|sequence) "?([^\s"]+)"?/m.exec(
      error.detail ?? '',
    )?.[1] ?? '';
  switch (kind) {
    case 'column':
      return [4922, `ALTER TABLE DROP COLUMN ${bare} failed because one or more objects access this column.`, 16, 9];
    case 'schema':
      return [
        3729,
        `Cannot drop schema '${bare}' because it is being referenced by object '${dependent.split('.').at(-1) ?? ''}'.`,
      ];
    case 'sequence':
      return [3729, `Cannot DROP SEQUENCE '${bare}' because it is being referenced by object '${dependent}'.`];
    default:
      return [3726, `Could not drop object '${bare}' because it is referenced by a FOREIGN KEY constraint.`];
  }
};

const cardinality: Rule = (error) =>
  error.message.startsWith('MERGE') || error.message.startsWith('ON CONFLICT')
    ? [
        8672,
        'The MERGE statement attempted to UPDATE or DELETE the same row more than once. This happens when a target row matches more than one source row. A MERGE statement cannot UPDATE/DELETE the same row of the target table multiple times. Refine the ON clause to ensure a target row matches at most one source row, or use the GROUP BY clause to group the source rows.',
      ]
    : [
        512,
        'Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.',
      ];

const objectExists: Rule = (error) => {
  const name = quotedName(error.message, /^\w+ "(.+?)"/)
    .split('.')
    .at(-1);
  return [2714, `There is already an object named '${name ?? ''}' in the database.`, 16, 6];
};

const deadlock: Rule = () => [
  1205,
  'Transaction was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.',
  13,
  51,
];

/** By SQLSTATE. */
const rules: Readonly<Record<string, Rule>> = {
  MS000: (error) => {
    const [severity = 16, state = 1] = (error.hint ?? '').split(' ').filter(Boolean).map(Number);
    return [Number(error.detail), error.message, severity, state];
  },
  '21000': cardinality,
  '22001': () => [8152, 'String or binary data would be truncated.', 16, 30],
  '22003': numericOverflow,
  '22007': () => [241, 'Conversion failed when converting date and/or time from character string.'],
  '22008': () => [517, "Adding a value to a 'datetime' column caused an overflow."],
  '22011': () => [537, 'Invalid length parameter passed to the LEFT or SUBSTRING function.', 16, 3],
  '22012': () => [8134, 'Divide by zero error encountered.'],
  '2200H': sequenceExhausted,
  '2201W': () => [1014, 'A TOP or FETCH clause contains an invalid value.', 15],
  '2201X': () => [10742, 'The offset specified in a OFFSET clause may not be negative.', 15],
  '22P02': () => [8114, 'Error converting data type varchar to the type of the expression.', 16, 5],
  '23502': notNullViolation,
  '23503': foreignKeyViolation,
  '23505': uniqueViolation,
  '23514': checkViolation,
  '25P02': () => [
    3930,
    'The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.',
  ],
  '2BP01': dependentObjects,
  '3D000': (error) => [
    911,
    `Database '${quotedName(error.message, /"(.+)"/)}' does not exist. Make sure that the name is entered correctly.`,
  ],
  '3F000': (error) => [
    2760,
    `The specified schema name "${quotedName(error.message, /"(.+)"/)}" either does not exist or you do not have permission to use it.`,
  ],
  '40001': deadlock,
  '40P01': deadlock,
  '428C9': (error) => [
    271,
    `The column "${quotedName(error.message, /column "(.+?)"/)}" cannot be modified because it is either a computed column or is the result of a UNION operator.`,
  ],
  '42601': (error) => [102, `Incorrect syntax near '${quotedName(error.message, /near "(.+)"/)}'.`, 15],
  '42701': (error, context) => [
    2705,
    `Column names in each table must be unique. Column name '${quotedName(error.message, /column "?(.+?)"? (?:of|specified|already)/)}' in table '${context.table?.name ?? quotedName(error.message, /relation "(.+?)"/)}' is specified more than once.`,
    16,
    4,
  ],
  '42702': (error) => [209, `Ambiguous column name '${quotedName(error.message, /"(.+?)"/)}'.`],
  '42703': undefinedColumn,
  '42704': undefinedObject,
  '42710': objectExists,
  '42723': objectExists,
  '42803': (error) => [
    8120,
    `Column '${quotedName(error.message, /column "(.+?)"/)}' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.`,
  ],
  '42804': typeMismatch,
  '42846': typeMismatch,
  '42883': undefinedFunction,
  '42P01': (error) => [208, `Invalid object name '${quotedName(error.message, /"(.+)"/)}'.`],
  '42P04': (error) => [
    1801,
    `Database '${quotedName(error.message, /"(.+)"/)}' already exists. Choose a different database name.`,
    16,
    3,
  ],
  '42P06': objectExists,
  '42P07': objectExists,
  '42P16': (error, context) => [
    1779,
    `Table '${context.table?.name ?? quotedName(error.message, /table "(.+?)"/)}' already has a primary key defined on it.`,
    16,
    0,
  ],
  '42P21': collationConflict,
  '42P22': collationConflict,
  '54001': () => [217, 'Maximum stored procedure, function, trigger, or view nesting level exceeded (limit 32).'],
  '55006': (error) => [
    3702,
    `Cannot drop database "${quotedName(error.message, /"(.+?)"/)}" because it is currently in use.`,
    16,
    3,
  ],
  '55P03': () => [1222, 'Lock request time out period exceeded.', 16, 51],
  '57014': () => [3617, 'The execution of the statement was cancelled.', 11],
};

function numbered(error: DatabaseError, context: Context): Numbered {
  const rule = error.code === undefined ? undefined : rules[error.code];
  return (
    rule?.(error, context) ?? [
      8624,
      `Internal Query Processor Error: The query processor could not produce a query plan (${error.message}).`,
    ]
  );
}

export const mapError: MapError = (error, catalog, table) => {
  if (error instanceof SqlServerError) return error;
  if (error instanceof DatabaseError) {
    const [number, message, severity, state] = numbered(error, { catalog, table });
    return new SqlServerError(number, message, severity, state, 1, undefined, { cause: error });
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new SqlServerError(
    596,
    `Cannot continue the execution because the session is in the kill state (${reason}).`,
    21,
    1,
    1,
    undefined,
    {
      cause: error,
    },
  );
};
