/** NEXT VALUE FOR. */
import { SqlServerError } from '../../../contract';
import { quoteText } from '../names';
import { postgresType } from '../types';
import type { Environment } from './environment';
import { invalidObject } from './tables';
import { valueOf, type Value } from './value';

export function emitNextValue(path: readonly string[], environment: Environment): Value {
  const name = path.at(-1) ?? '';
  const schema = path.at(-2);
  const sequence = environment.catalog.findSequence(schema === '' ? undefined : schema, name);
  if (sequence === undefined) throw invalidObject(path);
  if (environment.context.rowCountLimit > 0)
    throw sequenceUnderRowCount(11739, 'NEXT VALUE FOR function cannot be used');
  const sql = `sys.next_value(${quoteText(sequence.schema)}, ${quoteText(sequence.name)})`;
  return { ...valueOf(`${sql}::${postgresType(sequence.type)}`, sequence.type), nullable: false };
}

/** 11739: in the statement itself. 11740: in a default. */
export function sequenceUnderRowCount(number: 11739 | 11740, what: string): SqlServerError {
  return new SqlServerError(
    number,
    `${what} if ROWCOUNT option has been set, or the query contains TOP or OFFSET.`,
    15,
  );
}
