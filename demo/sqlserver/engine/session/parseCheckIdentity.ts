/** DBCC CHECKIDENT, the one DBCC statement that changes data. */
import { notSupported } from './failures';
import type { BatchParser } from './parser';
import type { StatementBody } from './syntax';

/** DBCC CHECKIDENT (table [, NORESEED | RESEED [, value]]) [WITH NO_INFOMSGS]. */
export function parseCheckIdentity({ reader }: BatchParser): StatementBody {
  const { line } = reader.peek();
  reader.expect('DBCC');
  if (!reader.accept('CHECKIDENT')) throw notSupported(`DBCC ${reader.peek().text}`, line);
  reader.expect('(');
  const token = reader.peek();
  const table = token.kind === 'string' || token.kind === 'nstring' ? reader.string() : reader.objectName();
  let reseed: string | undefined;
  if (reader.accept(',') && !reader.accept('NORESEED')) {
    reader.expect('RESEED');
    if (!reader.accept(',')) throw notSupported('DBCC CHECKIDENT without a new value', line);
    const sign = reader.accept('-') ? '-' : '';
    const value = reader.next();
    if (value.kind !== 'number') throw reader.error(value);
    reseed = sign + value.value;
  }
  reader.expect(')');
  if (reader.accept('WITH')) reader.expect('NO_INFOMSGS');
  return { kind: 'check identity', table, reseed };
}
