/** CREATE, ALTER and DROP of triggers, procedures and views, and what enables and disables triggers. */
import { SqlServerError } from '../../contract';
import { readDataType } from './dataType';
import { notSupported } from './failures';
import type { BatchParser } from './parser';
import { expressionEnd } from './statementEnd';
import type { CreateMode, ModuleParameter, ObjectName, Source, StatementBody, TriggerEvent } from './syntax';
import type { TokenReader } from './tokenReader';

const TYPES: ReadonlyMap<string, 'TRIGGER' | 'PROCEDURE' | 'VIEW'> = new Map([
  ['TRIGGER', 'TRIGGER'],
  ['PROCEDURE', 'PROCEDURE'],
  ['PROC', 'PROCEDURE'],
  ['VIEW', 'VIEW'],
]);

/**
 * CREATE, ALTER or CREATE OR ALTER of a module, which takes the rest of the batch; undefined where something else stands.
 * Error 111 where it is not the first statement of its batch.
 */
export function parseModule(parser: BatchParser, firstOfBatch: boolean): StatementBody | undefined {
  const { reader } = parser;
  const from = reader.position;
  const mode = createMode(reader);
  const type = TYPES.get(reader.peek().upper);
  if (mode === undefined || type === undefined) {
    reader.position = from;
    return undefined;
  }
  if (!firstOfBatch) {
    const verb = mode === 'create or alter' ? 'CREATE/ALTER' : mode.toUpperCase();
    throw new SqlServerError(
      111,
      `'${verb} ${type}' must be the first statement in a query batch.`,
      15,
      1,
      reader.peek().line,
    );
  }
  reader.next();
  const definition = reader.text;
  const name = reader.objectName();
  if (type === 'TRIGGER') return { kind: 'create trigger', mode, module: trigger(parser, name), definition };
  if (type === 'VIEW') return { kind: 'create view', mode, name, source: rest(parser), definition };
  return { kind: 'create procedure', mode, module: procedure(parser, name), definition };
}

function createMode(reader: TokenReader): CreateMode | undefined {
  if (reader.accept('CREATE', 'OR', 'ALTER')) return 'create or alter';
  if (reader.accept('CREATE')) return 'create';
  return reader.accept('ALTER') ? 'alter' : undefined;
}

/** The view's whole statement again, as CREATE VIEW: the translation makes it. */
function rest(parser: BatchParser): Source {
  const { reader } = parser;
  let end = reader.position;
  while (reader.peek(end - reader.position).kind !== 'end') end += 1;
  if (reader.peek(end - reader.position - 1).upper === ';') end -= 1;
  const source = reader.source(0, end);
  reader.position = end;
  return source;
}

function trigger(parser: BatchParser, name: ObjectName) {
  const { reader } = parser;
  reader.expect('ON');
  if (reader.sees('ALL', 'SERVER') || reader.sees('DATABASE')) {
    throw notSupported('A DDL trigger', reader.peek().line);
  }
  const table = reader.objectName();
  withOptions(reader);
  const timing = reader.accept('INSTEAD', 'OF') ? ('INSTEAD OF' as const) : ('AFTER' as const);
  if (timing === 'AFTER' && !reader.accept('AFTER')) reader.expect('FOR');
  const events: TriggerEvent[] = [];
  do {
    const event = (['INSERT', 'UPDATE', 'DELETE'] as const).find((word) => reader.accept(word));
    if (event === undefined || events.includes(event)) throw reader.error();
    events.push(event);
  } while (reader.accept(','));
  reader.accept('WITH', 'APPEND');
  reader.accept('NOT', 'FOR', 'REPLICATION');
  reader.expect('AS');
  return { name, table, timing, events, body: body(parser) };
}

function procedure(parser: BatchParser, name: ObjectName) {
  const { reader } = parser;
  const parenthesized = reader.accept('(');
  const parameters: ModuleParameter[] = [];
  if (reader.peek().kind === 'variable') parameters.push(...readParameters(reader));
  if (parenthesized) reader.expect(')');
  withOptions(reader);
  if (reader.accept('FOR')) reader.expect('REPLICATION');
  reader.expect('AS');
  return { name, parameters, body: body(parser) };
}

/** `@a INT, @b NVARCHAR(10) = N'x' OUTPUT`: a procedure's parameters, or sp_executesql's. */
export function readParameters(reader: TokenReader): readonly ModuleParameter[] {
  const parameters: ModuleParameter[] = [];
  do {
    const name = reader.variable();
    reader.accept('AS');
    const type = readDataType(reader);
    if (reader.accept('NOT')) reader.expect('NULL');
    else reader.accept('NULL');
    let value: Source | undefined;
    if (reader.accept('=')) {
      const end = expressionEnd(reader, ['OUTPUT', 'OUT', 'READONLY', 'AS', 'WITH', 'FOR']);
      value = reader.source(reader.position, end);
      reader.position = end;
    }
    const output = reader.accept('OUTPUT') || reader.accept('OUT');
    parameters.push({ name, type, value, output });
  } while (reader.accept(','));
  return parameters;
}

/** WITH ENCRYPTION, EXECUTE AS OWNER, …: of no consequence here. */
function withOptions(reader: TokenReader): void {
  if (!reader.accept('WITH')) return;
  do {
    if (reader.accept('EXECUTE', 'AS') || reader.accept('EXEC', 'AS')) {
      reader.next();
    } else if (!reader.accept('ENCRYPTION') && !reader.accept('RECOMPILE') && !reader.accept('SCHEMABINDING')) {
      throw reader.error();
    }
  } while (reader.accept(','));
}

function body(parser: BatchParser) {
  const statements = parser.batch();
  if (statements.length === 0) throw parser.reader.error();
  return statements;
}

/** DROP TRIGGER, PROCEDURE or VIEW. */
export function parseModuleDrop(reader: TokenReader): StatementBody | undefined {
  if (!reader.sees('DROP')) return undefined;
  const type = TYPES.get(reader.peek(1).upper);
  if (type === undefined) return undefined;
  reader.next();
  reader.next();
  const ifExists = reader.accept('IF', 'EXISTS');
  const names = objectNames(reader);
  if (type === 'TRIGGER' && reader.sees('ON')) {
    throw notSupported('A DDL trigger', reader.peek().line);
  }
  return { kind: 'drop module', type, names, ifExists };
}

function objectNames(reader: TokenReader): readonly ObjectName[] {
  const names: ObjectName[] = [];
  do names.push(reader.objectName());
  while (reader.accept(','));
  return names;
}

/** ENABLE | DISABLE TRIGGER … ON table, and ALTER TABLE table ENABLE | DISABLE TRIGGER …. */
export function parseTriggerToggle(reader: TokenReader): StatementBody | undefined {
  if (reader.sees('ENABLE', 'TRIGGER') || reader.sees('DISABLE', 'TRIGGER')) {
    const enable = reader.next().upper === 'ENABLE';
    reader.next();
    const triggers = reader.accept('ALL') ? [] : objectNames(reader);
    reader.expect('ON');
    return { kind: 'toggle trigger', enable, triggers, table: reader.objectName() };
  }
  if (!reader.sees('ALTER', 'TABLE')) return undefined;
  const from = reader.position;
  reader.expect('ALTER', 'TABLE');
  const table = reader.objectName();
  if (!reader.sees('ENABLE', 'TRIGGER') && !reader.sees('DISABLE', 'TRIGGER')) {
    reader.position = from;
    return undefined;
  }
  const enable = reader.next().upper === 'ENABLE';
  reader.next();
  return { kind: 'toggle trigger', enable, triggers: reader.accept('ALL') ? [] : objectNames(reader), table };
}
