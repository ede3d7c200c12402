/** SET: variables, options, the isolation level, IDENTITY_INSERT. */
import { expressionEnd } from './statementEnd';
import type { StatementBody } from './syntax';
import type { TokenReader } from './tokenReader';

/** What follows SET, which has been read. */
export function parseSet(reader: TokenReader): StatementBody {
  if (reader.peek().kind === 'variable') return assignment(reader);
  if (reader.accept('TRANSACTION')) return isolationLevel(reader);
  if (reader.accept('IDENTITY_INSERT')) {
    const table = reader.objectName();
    return { kind: 'identity insert', table, on: onOrOff(reader) };
  }
  return options(reader);
}

function assignment(reader: TokenReader): StatementBody {
  const target = reader.peek();
  const name = reader.variable();
  const operator = reader.next();
  if (!/^[-+*/%&|^]?=$/.test(operator.upper)) throw reader.error(operator);
  const end = expressionEnd(reader);
  const value = reader.source(reader.position, end);
  reader.position = end;
  if (operator.upper === '=') return { kind: 'assign', name, value };
  const arithmetic = operator.upper.slice(0, -1);
  // The tokens are those of the value alone: whoever evaluates without the translation must not take them for the whole.
  return {
    kind: 'assign',
    name,
    value: { ...value, tokens: [], text: `${target.text} ${arithmetic} (${value.text})` },
  };
}

function isolationLevel(reader: TokenReader): StatementBody {
  reader.expect('ISOLATION', 'LEVEL');
  const words = [reader.identifier().toLowerCase()];
  if (words[0] === 'read' || words[0] === 'repeatable') words.push(reader.identifier().toLowerCase());
  return { kind: 'isolation level', level: words.join(' ') };
}

function onOrOff(reader: TokenReader): boolean {
  if (reader.accept('ON')) return true;
  reader.expect('OFF');
  return false;
}

function options(reader: TokenReader): StatementBody {
  const names: string[] = [];
  do {
    let name = reader.identifier().toUpperCase();
    if (name === 'STATISTICS') name += ` ${reader.identifier().toUpperCase()}`;
    names.push(name);
  } while (reader.accept(','));
  const token = reader.peek();
  if (token.kind === 'variable') return { kind: 'set option', options: names, value: '', variable: reader.variable() };
  const sign = reader.accept('-') ? '-' : '';
  const value = reader.next();
  if (value.kind === 'end' || value.kind === 'symbol') throw reader.error(value);
  return { kind: 'set option', options: names, value: sign + (value.kind === 'word' ? value.upper : value.value) };
}
