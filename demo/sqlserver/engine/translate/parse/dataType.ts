/** A data type as a column, CAST or CONVERT writes it. */
import type { SqlType } from '../../../contract';
import { makeType } from '../types';
import { notSupported, syntaxError, type Cursor } from './cursor';

/** Reads a type; `defaultLength` is the length of a character or binary type without one (1 for columns, 30 for CAST). */
export function readDataType(cursor: Cursor, defaultLength: number): SqlType {
  const first = cursor.peek();
  if (first.kind !== 'word' && first.kind !== 'name') throw syntaxError(first);
  let name = cursor.next().value;
  while (cursor.accept('.')) {
    if (!['sys', 'dbo'].includes(name.toLowerCase())) throw notSupported(`A data type of schema ${name}`, first.line);
    name = cursor.identifier();
  }
  const upper = name.toUpperCase();
  if (upper === 'DOUBLE') {
    cursor.expect('PRECISION');
    return { name: 'float', precision: 53 };
  }
  const national = upper === 'NATIONAL';
  if (national) name = cursor.next().value;
  const varying = /^(char|character|nchar|binary)$/i.test(name) && cursor.accept('VARYING');
  if (varying) name = name.toLowerCase().startsWith('n') ? 'nvarchar' : /^b/i.test(name) ? 'varbinary' : 'varchar';
  if (national) name = `n${name.replace(/^character$/i, 'char')}`;
  return makeType(name, readSizes(cursor), first.line, defaultLength);
}

function readSizes(cursor: Cursor): readonly number[] {
  const sizes: number[] = [];
  if (!cursor.accept('(')) return sizes;
  do sizes.push(cursor.accept('MAX') ? -1 : Number(cursor.integer()));
  while (cursor.accept(','));
  cursor.expect(')');
  return sizes;
}
