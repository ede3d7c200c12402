/** CREATE, ALTER and DROP of tables, indexes, sequences, schemas and views, by hand. */
import type { Token } from '../../lexer';
import type { DdlStatement, Path, SequenceOptions } from '../ddlStatements';
import { parseAlterTable, readCreateTable } from './tableDefinition';
import { Cursor, notSupported, syntaxError } from './cursor';
import { readDataType } from './dataType';
import { readCreateIndex } from './indexDefinition';
import { parseQuery } from './parser';

/** Undefined where it is no such statement. The last token must be of kind `end`. */
export function parseDdl(tokens: readonly Token[], sql: string): DdlStatement | undefined {
  const cursor = new Cursor(tokens);
  switch (cursor.peek().upper) {
    case 'CREATE':
      return finished(cursor, parseCreate(cursor, sql));
    case 'ALTER':
      return finished(cursor, parseAlter(cursor, sql));
    case 'DROP':
      return finished(cursor, parseDrop(cursor));
    default:
      return undefined;
  }
}

function finished(cursor: Cursor, statement: DdlStatement): DdlStatement {
  cursor.expectEnd();
  return statement;
}

function parseCreate(cursor: Cursor, sql: string): DdlStatement {
  cursor.expect('CREATE');
  if (cursor.accept('TABLE')) return readCreateTable(cursor);
  if (cursor.accept('SEQUENCE'))
    return { kind: 'create sequence', name: cursor.path(), options: sequenceOptions(cursor) };
  if (cursor.accept('SCHEMA')) return createSchema(cursor);
  if (cursor.accept('VIEW')) return createView(cursor, 'create', sql);
  if (cursor.accept('OR', 'ALTER', 'VIEW')) return createView(cursor, 'create or alter', sql);
  const indexed = readCreateIndex(cursor);
  if (indexed !== undefined) return indexed;
  throw notSupported(`CREATE ${cursor.peek().text}`, cursor.peek().line);
}

function parseAlter(cursor: Cursor, sql: string): DdlStatement {
  cursor.expect('ALTER');
  if (cursor.accept('TABLE')) return parseAlterTable(cursor);
  if (cursor.accept('SEQUENCE'))
    return { kind: 'alter sequence', name: cursor.path(), options: sequenceOptions(cursor) };
  if (cursor.accept('VIEW')) return createView(cursor, 'alter', sql);
  if (cursor.accept('SCHEMA')) {
    const schema = cursor.identifier();
    cursor.expect('TRANSFER');
    if (cursor.accept('OBJECT')) cursor.expect('::');
    return { kind: 'transfer', schema, name: cursor.path() };
  }
  if (cursor.accept('INDEX')) return alterIndex(cursor);
  throw notSupported(`ALTER ${cursor.peek().text}`, cursor.peek().line);
}

function alterIndex(cursor: Cursor): DdlStatement {
  if (!cursor.accept('ALL')) cursor.identifier();
  cursor.expect('ON');
  const table = cursor.path();
  if (!cursor.accept('REBUILD') && !cursor.accept('REORGANIZE'))
    throw notSupported(`ALTER INDEX … ${cursor.peek().text}`);
  if (cursor.accept('WITH')) cursor.parenthesized();
  return { kind: 'maintain', table };
}

function createSchema(cursor: Cursor): DdlStatement {
  if (cursor.accept('AUTHORIZATION')) return { kind: 'create schema', name: cursor.identifier() };
  const name = cursor.identifier();
  if (cursor.accept('AUTHORIZATION')) cursor.identifier();
  return { kind: 'create schema', name };
}

function createView(cursor: Cursor, mode: 'create' | 'alter' | 'create or alter', sql: string): DdlStatement {
  const name = cursor.path();
  const columns = cursor.sees('(') ? cursor.identifierList() : [];
  if (cursor.accept('WITH')) {
    do cursor.identifier();
    while (cursor.accept(','));
  }
  cursor.expect('AS');
  const near = cursor.peek();
  const tokens = [...cursor.until(() => false)];
  const checkOption = ['WITH', 'CHECK', 'OPTION'].every((word, index) => tokens.at(index - 3)?.upper === word);
  if (checkOption) tokens.splice(-3);
  const query = parseQuery(tokens, near);
  return { kind: 'create view', name, columns, query, definition: asCreate(sql, mode), mode, checkOption };
}

/** The text as SQL Server keeps it: always CREATE. */
function asCreate(sql: string, mode: 'create' | 'alter' | 'create or alter'): string {
  const text = sql.trim();
  if (mode === 'create') return text;
  return text.replace(mode === 'alter' ? /\balter\b/i : /\bcreate\s+or\s+alter\b/i, 'CREATE');
}

const DROPPED = { TABLE: 'table', VIEW: 'view', SEQUENCE: 'sequence', SCHEMA: 'schema' } as const;

function parseDrop(cursor: Cursor): DdlStatement {
  cursor.expect('DROP');
  const word = cursor.next();
  if (word.upper === 'INDEX') return dropIndex(cursor);
  if (!Object.hasOwn(DROPPED, word.upper)) throw notSupported(`DROP ${word.text}`, word.line);
  const what = DROPPED[word.upper as keyof typeof DROPPED];
  const ifExists = cursor.accept('IF', 'EXISTS');
  const names = [cursor.path()];
  while (cursor.accept(',')) names.push(cursor.path());
  return { kind: 'drop', what, names, ifExists };
}

/** `DROP INDEX i ON t, j ON t`, and the old `DROP INDEX t.i`. */
function dropIndex(cursor: Cursor): DdlStatement {
  const ifExists = cursor.accept('IF', 'EXISTS');
  const items: { table: Path; name: string }[] = [];
  do {
    const near = cursor.peek();
    const path = cursor.path();
    const name = path.at(-1) ?? '';
    if (cursor.accept('ON')) items.push({ table: cursor.path(), name });
    else if (path.length > 1) items.push({ table: path.slice(0, -1), name });
    else throw syntaxError(near);
    if (cursor.accept('WITH')) cursor.parenthesized();
  } while (cursor.accept(','));
  return { kind: 'drop index', items, ifExists };
}

function sequenceOptions(cursor: Cursor): SequenceOptions {
  let options: SequenceOptions = {};
  for (;;) {
    if (cursor.accept('AS')) options = { ...options, type: readDataType(cursor, 1) };
    else if (cursor.accept('START', 'WITH')) options = { ...options, start: cursor.integer() };
    else if (cursor.accept('RESTART', 'WITH')) options = { ...options, restart: cursor.integer() };
    else if (cursor.accept('RESTART')) options = { ...options, restart: true };
    else if (cursor.accept('INCREMENT', 'BY')) options = { ...options, increment: cursor.integer() };
    else if (cursor.accept('MINVALUE')) options = { ...options, minimum: cursor.integer() };
    else if (cursor.accept('MAXVALUE')) options = { ...options, maximum: cursor.integer() };
    else if (cursor.accept('CYCLE')) options = { ...options, cycle: true };
    else if (cursor.accept('NO', 'CYCLE')) options = { ...options, cycle: false };
    else if (cursor.accept('CACHE')) {
      if (cursor.peek().kind === 'number') cursor.next();
    } else if (!cursor.accept('NO', 'MINVALUE') && !cursor.accept('NO', 'MAXVALUE') && !cursor.accept('NO', 'CACHE')) {
      return options;
    }
  }
}
