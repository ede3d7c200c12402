/** EXEC in its forms, EXECUTE AS, REVERT, and INSERT … EXEC. */
import { expressionEnd } from './statementEnd';
import type { Argument, StatementBody } from './syntax';
import { isKeyword, type TokenReader } from './tokenReader';

/** Whether a procedure is called here; the first statement of a batch may leave out EXEC. */
export function seesExecute(reader: TokenReader, firstOfBatch: boolean): boolean {
  if (reader.seesOneOf(['EXEC', 'EXECUTE']) || reader.sees('REVERT')) return true;
  const token = reader.peek();
  if (!firstOfBatch || (token.kind !== 'word' && token.kind !== 'name') || isKeyword(token)) return false;
  return !reader.seesOneOf(['THROW', 'MERGE', 'WITH']);
}

export function parseExecute(reader: TokenReader): StatementBody {
  if (reader.accept('REVERT')) return { kind: 'revert' };
  if (!reader.accept('EXECUTE')) reader.accept('EXEC');
  if (reader.accept('AS')) return executeAs(reader);
  if (reader.sees('(')) return executeText(reader);

  let status: string | undefined;
  if (reader.peek().kind === 'variable' && reader.peek(1).upper === '=') {
    status = reader.variable();
    reader.expect('=');
  }
  const procedure = reader.peek().kind === 'variable' ? { variable: reader.variable() } : reader.objectName();
  const parsed: Argument[] = [];
  if (expressionEnd(reader, ['WITH']) > reader.position) {
    do parsed.push(argument(reader));
    while (reader.accept(','));
  }
  if (reader.accept('WITH')) reader.expect('RECOMPILE');
  return { kind: 'execute', procedure, status, arguments: parsed };
}

function argument(reader: TokenReader): Argument {
  let name: string | undefined;
  if (reader.peek().kind === 'variable' && reader.peek(1).upper === '=') {
    name = reader.variable();
    reader.expect('=');
  }
  if (reader.accept('DEFAULT')) return { name };
  const first = reader.peek();
  const end = expressionEnd(reader, ['OUTPUT', 'OUT', 'WITH']);
  const value = reader.source(reader.position, end);
  reader.position = end;
  if (!reader.accept('OUTPUT') && !reader.accept('OUT')) return { name, value };
  if (first.kind !== 'variable' || value.tokens.length !== 1) throw reader.error();
  return { name, value, output: first.value.toLowerCase() };
}

function executeText(reader: TokenReader): StatementBody {
  reader.expect('(');
  const end = expressionEnd(reader);
  const text = reader.source(reader.position, end);
  reader.position = end;
  reader.expect(')');
  if (reader.sees('AS') || reader.sees('AT')) throw reader.error();
  return { kind: 'execute text', text };
}

function executeAs(reader: TokenReader): StatementBody {
  const principal = reader.accept('LOGIN') ? 'LOGIN' : reader.accept('USER') ? 'USER' : 'CALLER';
  if (principal === 'CALLER') {
    reader.expect('CALLER');
    return { kind: 'execute as', principal, name: '' };
  }
  reader.expect('=');
  return { kind: 'execute as', principal, name: reader.string() };
}

/** INSERT [INTO] table [(columns)] EXEC …; undefined where the INSERT is an ordinary one. */
export function parseInsertExecute(reader: TokenReader): StatementBody | undefined {
  if (!reader.sees('INSERT')) return undefined;
  const from = reader.position;
  const { line } = reader.peek();
  reader.next();
  reader.accept('INTO');
  const first = reader.peek();
  if (first.kind === 'variable') reader.next();
  else if ((first.kind === 'word' && !isKeyword(first)) || first.kind === 'name') reader.objectName();
  if (reader.accept('(')) {
    while (!reader.atEnd && !reader.sees(')')) reader.next();
    reader.accept(')');
  }
  if (!reader.seesOneOf(['EXEC', 'EXECUTE'])) {
    reader.position = from;
    return undefined;
  }
  const target = reader.source(from, reader.position);
  return { kind: 'insert execute', target, execute: { ...parseExecute(reader), line } };
}
