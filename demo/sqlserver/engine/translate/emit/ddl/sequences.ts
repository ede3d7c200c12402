/** CREATE SEQUENCE and ALTER SEQUENCE. */
import type { SqlType } from '../../../../contract';
import type { Path, SequenceOptions } from '../../ddlStatements';
import { quoteText, relationName } from '../../names';
import type { Environment } from '../environment';
import { invalidObject, splitPath } from '../tables';
import { numberRange } from './columns';
import { checkFree, targetSchema } from './naming';

function postgresName(type: SqlType): string {
  if (type.name === 'tinyint' || type.name === 'smallint') return 'smallint';
  return type.name === 'int' ? 'integer' : 'bigint';
}

/** Numbers start at the type's lowest one (the highest one, counting down) unless the statement says otherwise. */
export function emitCreateSequence(path: Path, options: SequenceOptions, environment: Environment): readonly string[] {
  const { schema, name } = targetSchema(path, environment);
  checkFree(path, environment);
  const type = options.type ?? { name: 'bigint' as const };
  const [least, most] = numberRange(type, 'The sequence object');
  const minimum = options.minimum ?? least;
  const maximum = options.maximum ?? most;
  const increment = options.increment ?? '1';
  const start = options.start ?? (increment.startsWith('-') ? maximum : minimum);
  const parts = [
    `CREATE SEQUENCE ${relationName({ schema, name })} AS ${postgresName(type)}`,
    `INCREMENT BY ${increment} MINVALUE ${minimum} MAXVALUE ${maximum} START WITH ${start}`,
    options.cycle === true ? 'CYCLE' : 'NO CYCLE',
  ];
  const declared = [quoteText(schema), quoteText(name), quoteText(type.name), type.precision ?? 'NULL'];
  return [parts.join(' '), `SELECT sys.declare_sequence(${declared.join(', ')})`];
}

export function emitAlterSequence(path: Path, options: SequenceOptions, environment: Environment): readonly string[] {
  const { schema, name } = splitPath(path, environment);
  const sequence = environment.catalog.findSequence(schema, name);
  if (sequence === undefined) throw invalidObject(path);
  const { restart, increment, minimum, maximum, cycle } = options;
  const parts = [
    ...(increment === undefined ? [] : [`INCREMENT BY ${increment}`]),
    ...(minimum === undefined ? [] : [`MINVALUE ${minimum}`]),
    ...(maximum === undefined ? [] : [`MAXVALUE ${maximum}`]),
    ...(cycle === undefined ? [] : [cycle ? 'CYCLE' : 'NO CYCLE']),
    ...(restart === undefined ? [] : [restart === true ? 'RESTART' : `RESTART WITH ${restart}`]),
  ];
  return parts.length === 0
    ? ['SELECT 1 WHERE false']
    : [`ALTER SEQUENCE ${relationName(sequence)} ${parts.join(' ')}`];
}
