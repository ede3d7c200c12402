/** CREATE TABLE and ALTER TABLE. */
import type { Token } from '../../lexer';
import type {
  AlterTableAction,
  ColumnDefinition,
  DdlStatement,
  DefaultDefinition,
  IndexDefinition,
  TableConstraint,
  TableElements,
  WrittenExpression,
} from '../ddlStatements';
import { notSupported, syntaxError, type Cursor } from './cursor';
import { readDataType } from './dataType';
import { readIndexColumns, readInlineIndex, skipIndexOptions } from './indexDefinition';
import { parseExpression } from './parser';

export function readCreateTable(cursor: Cursor): DdlStatement {
  const name = cursor.path();
  cursor.expect('(');
  const elements = readElements(cursor);
  cursor.expect(')');
  skipStorage(cursor);
  return { kind: 'create table', name, elements };
}

/** Where a table lies and how it is packed is nothing that a client could see. */
function skipStorage(cursor: Cursor): void {
  for (;;) {
    if (cursor.accept('ON') || cursor.accept('TEXTIMAGE_ON') || cursor.accept('FILESTREAM_ON')) {
      cursor.next();
      if (cursor.sees('(')) cursor.parenthesized();
    } else if (cursor.accept('WITH')) {
      const options = cursor.parenthesized();
      const refused = options.find((token) => ['SYSTEM_VERSIONING', 'MEMORY_OPTIMIZED'].includes(token.upper));
      if (refused !== undefined) throw notSupported(`WITH (${refused.text})`, refused.line);
    } else {
      return;
    }
  }
}

class Elements implements TableElements {
  readonly columns: ColumnDefinition[] = [];
  readonly constraints: TableConstraint[] = [];
  readonly indexes: IndexDefinition[] = [];
}

/** Columns, constraints and indexes, separated by commas (which may be missing before a constraint). */
function readElements(cursor: Cursor): TableElements {
  const elements = new Elements();
  do {
    if (cursor.sees(')')) break;
    if (cursor.sees('INDEX') && cursor.peek(1).kind !== 'symbol' && !isTypeAhead(cursor)) {
      elements.indexes.push(readInlineIndex(cursor));
    } else if (seesTableConstraint(cursor)) {
      elements.constraints.push(readTableConstraint(cursor));
    } else {
      readColumn(cursor, elements);
    }
  } while (cursor.accept(',') || seesTableConstraint(cursor));
  return elements;
}

function isTypeAhead(cursor: Cursor): boolean {
  return cursor.peek(2).upper !== '(' && !['UNIQUE', 'CLUSTERED', 'NONCLUSTERED'].includes(cursor.peek(2).upper);
}

const CONSTRAINT_STARTS = ['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN', 'DEFAULT'];

function seesTableConstraint(cursor: Cursor): boolean {
  return cursor.peek().kind === 'word' && CONSTRAINT_STARTS.includes(cursor.peek().upper);
}

function readTableConstraint(cursor: Cursor): TableConstraint {
  const name = cursor.accept('CONSTRAINT') ? cursor.identifier() : undefined;
  if (cursor.sees('PRIMARY') || cursor.sees('UNIQUE')) {
    const kind = cursor.accept('UNIQUE') ? 'unique' : 'primary key';
    if (kind === 'primary key') cursor.expect('PRIMARY', 'KEY');
    skipClustering(cursor);
    const columns = readIndexColumns(cursor).map((column) => column.name);
    skipIndexOptions(cursor);
    return { kind, name, columns };
  }
  if (cursor.accept('CHECK')) return { kind: 'check', name, ...readCheck(cursor) };
  if (cursor.accept('FOREIGN', 'KEY')) {
    const columns = cursor.identifierList();
    return { kind: 'foreign key', name, columns, ...readReferences(cursor) };
  }
  if (cursor.accept('DEFAULT')) {
    // The FOR of NEXT VALUE FOR is not the one that names the column.
    const value = written(cursor, (token) => token.upper === 'FOR' && cursor.peek(-1).upper !== 'VALUE');
    cursor.expect('FOR');
    const column = cursor.identifier();
    return { kind: 'default', name, column, ...value, withValues: cursor.accept('WITH', 'VALUES') };
  }
  throw syntaxError(cursor.peek());
}

function skipClustering(cursor: Cursor): void {
  if (!cursor.accept('CLUSTERED')) cursor.accept('NONCLUSTERED');
}

function readCheck(cursor: Cursor): WrittenExpression {
  cursor.accept('NOT', 'FOR', 'REPLICATION');
  const near = cursor.peek();
  const tokens = cursor.parenthesized();
  return { expression: parseExpression(tokens, near), text: textOf(tokens) };
}

function readReferences(
  cursor: Cursor,
): Pick<Extract<TableConstraint, { kind: 'foreign key' }>, 'table' | 'references' | 'onDelete' | 'onUpdate'> {
  cursor.expect('REFERENCES');
  const table = cursor.path();
  const references = cursor.sees('(') ? cursor.identifierList() : [];
  let onDelete: string | undefined;
  let onUpdate: string | undefined;
  for (;;) {
    if (cursor.accept('ON', 'DELETE')) onDelete = readAction(cursor);
    else if (cursor.accept('ON', 'UPDATE')) onUpdate = readAction(cursor);
    else if (!cursor.accept('NOT', 'FOR', 'REPLICATION')) return { table, references, onDelete, onUpdate };
  }
}

function readAction(cursor: Cursor): string {
  for (const words of [['NO', 'ACTION'], ['CASCADE'], ['SET', 'NULL'], ['SET', 'DEFAULT']]) {
    if (cursor.accept(...words)) return words.join(' ');
  }
  throw syntaxError(cursor.peek());
}

/** Words that end the value of a DEFAULT without parentheses. */
const AFTER_DEFAULT = [
  ',', 'CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN', 'REFERENCES', 'NOT', 'NULL', 'IDENTITY', 'WITH',
  'COLLATE', 'ROWGUIDCOL', 'SPARSE', 'DEFAULT',
]; // prettier-ignore

/** An expression, and its text. */
function written(cursor: Cursor, stop: (token: Token) => boolean): WrittenExpression {
  const near = cursor.peek();
  const first = cursor.at;
  const tokens = cursor.until((token) => cursor.at > first && stop(token));
  return { expression: parseExpression(tokens, near), text: textOf(tokens) };
}

/** The tokens as T-SQL writes them in its catalog: without white space that says nothing. */
function textOf(tokens: readonly Token[]): string {
  let text = '';
  tokens.forEach((token, index) => {
    const before = tokens[index - 1];
    const apart = before !== undefined && before.end < token.start;
    text += apart ? ` ${token.text}` : token.text;
  });
  return text;
}

function readDefault(cursor: Cursor, name: string | undefined): DefaultDefinition {
  const value = written(cursor, (token) => AFTER_DEFAULT.includes(token.upper));
  return { ...value, name, withValues: cursor.accept('WITH', 'VALUES') };
}

interface ColumnParts {
  nullable: boolean | undefined;
  collation?: string;
  identity?: { readonly seed: string; readonly increment: string };
  default?: DefaultDefinition;
}

function readColumn(cursor: Cursor, elements: Elements): void {
  const name = cursor.identifier();
  if (cursor.accept('AS')) {
    const near = cursor.peek();
    const tokens = cursor.parenthesized();
    const computed = { expression: parseExpression(tokens, near), text: textOf(tokens) };
    cursor.accept('PERSISTED');
    const nullable = cursor.accept('NOT', 'NULL') ? false : undefined;
    readColumnConstraints(cursor, name, elements);
    elements.columns.push({ name, type: undefined, computed, nullable });
    return;
  }
  const isRowVersion = cursor.sees('TIMESTAMP') || cursor.sees('ROWVERSION');
  const type = readDataType(cursor, 1);
  const parts = readColumnConstraints(cursor, name, elements);
  const nullable = isRowVersion ? (parts.nullable ?? false) : parts.nullable;
  elements.columns.push({ name, type, ...parts, nullable });
}

function readColumnConstraints(cursor: Cursor, column: string, elements: Elements): ColumnParts {
  const parts: ColumnParts = { nullable: undefined };
  let name: string | undefined;
  const named = (): string | undefined => {
    const given = name;
    name = undefined;
    return given;
  };
  for (;;) {
    if (cursor.accept('CONSTRAINT')) name = cursor.identifier();
    else if (cursor.accept('NOT', 'NULL')) parts.nullable = false;
    else if (cursor.accept('NOT', 'FOR', 'REPLICATION')) continue;
    else if (cursor.accept('NULL')) parts.nullable = true;
    else if (cursor.accept('COLLATE')) parts.collation = cursor.identifier();
    else if (cursor.accept('IDENTITY')) parts.identity = readIdentity(cursor);
    else if (cursor.accept('DEFAULT')) parts.default = readDefault(cursor, named());
    else if (cursor.sees('PRIMARY') || cursor.sees('UNIQUE')) {
      const kind = cursor.accept('UNIQUE') ? 'unique' : 'primary key';
      if (kind === 'primary key') cursor.expect('PRIMARY', 'KEY');
      skipClustering(cursor);
      const columns = cursor.sees('(') ? readIndexColumns(cursor).map((part) => part.name) : [column];
      skipIndexOptions(cursor);
      elements.constraints.push({ kind, name: named(), columns });
    } else if (cursor.accept('CHECK'))
      elements.constraints.push({ kind: 'check', name: named(), column, ...readCheck(cursor) });
    else if (cursor.accept('FOREIGN', 'KEY') || cursor.sees('REFERENCES')) {
      elements.constraints.push({ kind: 'foreign key', name: named(), columns: [column], ...readReferences(cursor) });
    } else if (!cursor.accept('ROWGUIDCOL') && !cursor.accept('SPARSE')) {
      if (name !== undefined) throw syntaxError(cursor.peek());
      return parts;
    }
  }
}

function readIdentity(cursor: Cursor): { readonly seed: string; readonly increment: string } {
  if (!cursor.accept('(')) return { seed: '1', increment: '1' };
  const seed = cursor.integer();
  cursor.expect(',');
  const increment = cursor.integer();
  cursor.expect(')');
  return { seed, increment };
}

export function parseAlterTable(cursor: Cursor): DdlStatement {
  const name = cursor.path();
  return { kind: 'alter table', name, action: readAlterAction(cursor) };
}

function readAlterAction(cursor: Cursor): AlterTableAction {
  const check = !cursor.accept('WITH', 'NOCHECK');
  if (check) cursor.accept('WITH', 'CHECK');
  if (cursor.accept('ADD')) return { kind: 'add', check, ...readElements(cursor) };
  if (cursor.accept('ALTER', 'COLUMN')) return readAlterColumn(cursor);
  if (cursor.accept('DROP')) return { kind: 'drop', items: readDropped(cursor) };
  if (cursor.accept('SET')) {
    cursor.expect('(', 'LOCK_ESCALATION', '=');
    const value = cursor.next().value;
    cursor.expect(')');
    return { kind: 'lock escalation', value };
  }
  const enforced = cursor.accept('CHECK');
  if (enforced || cursor.accept('NOCHECK')) {
    cursor.expect('CONSTRAINT');
    if (cursor.sees('ALL')) throw notSupported('CHECK CONSTRAINT ALL', cursor.peek().line);
    const constraints = [cursor.identifier()];
    while (cursor.accept(',')) constraints.push(cursor.identifier());
    return { kind: 'enforce', enforced, constraints };
  }
  throw notSupported(`ALTER TABLE … ${cursor.peek().text}`, cursor.peek().line);
}

function readAlterColumn(cursor: Cursor): AlterTableAction {
  const column = cursor.identifier();
  if (cursor.sees('ADD') || cursor.sees('DROP'))
    throw notSupported(`ALTER COLUMN … ${cursor.peek().text}`, cursor.peek().line);
  const type = readDataType(cursor, 1);
  const collation = cursor.accept('COLLATE') ? cursor.identifier() : undefined;
  const nullable = cursor.accept('NOT', 'NULL') ? false : cursor.accept('NULL') ? true : undefined;
  if (cursor.accept('WITH')) cursor.parenthesized();
  return { kind: 'alter column', column, type, collation, nullable };
}

/** `COLUMN a, b, CONSTRAINT c`; a name alone is a constraint's. */
function readDropped(cursor: Cursor): Extract<AlterTableAction, { kind: 'drop' }>['items'] {
  const items: { what: 'column' | 'constraint'; name: string; ifExists: boolean }[] = [];
  let what: 'column' | 'constraint' = 'constraint';
  let ifExists = false;
  do {
    const word = cursor.accept('COLUMN') ? 'column' : cursor.accept('CONSTRAINT') ? 'constraint' : undefined;
    if (word !== undefined) {
      what = word;
      ifExists = false;
    }
    if (cursor.accept('IF', 'EXISTS')) ifExists = true;
    items.push({ what, name: cursor.identifier(), ifExists });
    skipIndexOptions(cursor);
  } while (cursor.accept(','));
  return items;
}
