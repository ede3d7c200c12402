/** A data type as DECLARE, parameters and CAST write it. */
import { SqlServerError, type SqlType } from '../../contract';
import type { TokenReader } from './tokenReader';

const SYNONYMS: ReadonlyMap<string, SqlType['name']> = new Map<string, SqlType['name']>([
  ['INTEGER', 'int'],
  ['DEC', 'decimal'],
  ['CHARACTER', 'char'],
  ['TIMESTAMP', 'rowversion'],
]);

const NAMES: ReadonlySet<string> = new Set<SqlType['name']>([
  'bit',
  'tinyint',
  'smallint',
  'int',
  'bigint',
  'decimal',
  'numeric',
  'money',
  'smallmoney',
  'real',
  'float',
  'char',
  'varchar',
  'nchar',
  'nvarchar',
  'text',
  'ntext',
  'binary',
  'varbinary',
  'image',
  'uniqueidentifier',
  'date',
  'time',
  'datetime',
  'smalldatetime',
  'datetime2',
  'datetimeoffset',
  'xml',
  'sql_variant',
  'rowversion',
]);

function isTypeName(name: string): name is SqlType['name'] {
  return NAMES.has(name);
}

/** The greatest length that may be given in parentheses. */
const LONGEST: Partial<Record<SqlType['name'], number>> = {
  char: 8000,
  varchar: 8000,
  binary: 8000,
  varbinary: 8000,
  nchar: 4000,
  nvarchar: 4000,
};

/** Reads a type. Throws 2715 where there is no such type, 131 where its length is out of range. */
export function readDataType(reader: TokenReader): SqlType {
  const token = reader.peek();
  let word = reader.identifier().toUpperCase();
  while (reader.accept('.')) word = reader.identifier().toUpperCase();
  if (word === 'SYSNAME') return { name: 'nvarchar', length: 128 };
  if (word === 'DOUBLE') {
    reader.expect('PRECISION');
    return { name: 'float', precision: 53 };
  }
  const national = word === 'NATIONAL';
  if (national) word = reader.identifier().toUpperCase();
  let name = SYNONYMS.get(word) ?? word.toLowerCase();
  if ((name === 'char' || name === 'binary') && reader.accept('VARYING')) name = `var${name}`;
  if (national) name = `n${name}`;
  if (!isTypeName(name)) {
    throw new SqlServerError(
      2715,
      `Column, parameter, or variable #1: Cannot find data type ${token.value}.`,
      16,
      3,
      token.line,
    );
  }
  return sized(name, readSizes(reader), token.line);
}

/** The numbers in parentheses behind a type; -1 is MAX. */
function readSizes(reader: TokenReader): readonly number[] {
  const sizes: number[] = [];
  if (!reader.accept('(')) return sizes;
  do {
    if (reader.accept('MAX')) {
      sizes.push(-1);
    } else {
      const token = reader.next();
      if (token.kind !== 'number') throw reader.error(token);
      sizes.push(Number(token.value));
    }
  } while (reader.accept(','));
  reader.expect(')');
  return sizes;
}

function sized(name: SqlType['name'], sizes: readonly number[], line: number): SqlType {
  const [first, second] = sizes;
  switch (name) {
    case 'char':
    case 'nchar':
    case 'varchar':
    case 'nvarchar':
    case 'binary':
    case 'varbinary': {
      const longest = LONGEST[name] ?? 8000;
      if (first !== undefined && first !== -1 && (first < 1 || first > longest)) {
        throw new SqlServerError(
          131,
          `The size (${first}) given to the type '${name}' exceeds the maximum allowed for any data type (${longest}).`,
          15,
          2,
          line,
        );
      }
      return { name, length: first ?? 1 };
    }
    case 'decimal':
    case 'numeric':
      return { name, precision: first ?? 18, scale: second ?? 0 };
    case 'float':
      return (first ?? 53) <= 24 ? { name: 'real' } : { name: 'float', precision: 53 };
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return { name, scale: first ?? 7 };
    default:
      return { name };
  }
}
