/** MERGE. */
import type { Token } from '../../lexer';
import type { MergeBranch, MergeStatement } from '../statements';
import type { CommonTable } from '../syntax';
import { readAssignments } from './assignments';
import { notSupported, splitAtCommas, syntaxError, type Cursor } from './cursor';
import { readOutput, readTarget } from './dataStatement';
import { skipQueryHints } from './hints';
import { parseExpression, parseExpressions, parseFromAndWhere } from './parser';

export function parseMerge(cursor: Cursor, ctes: readonly CommonTable[]): MergeStatement {
  const first = cursor.peek();
  cursor.expect('MERGE');
  if (cursor.sees('TOP')) throw notSupported('MERGE TOP', first.line);
  cursor.accept('INTO');
  const target = readTarget(cursor);
  const alias = cursor.accept('AS') || !cursor.sees('USING') ? cursor.identifier() : undefined;
  const from: Token = { ...cursor.peek(), kind: 'word', text: 'FROM', value: 'FROM', upper: 'FROM' };
  cursor.expect('USING');
  const using = cursor.until((token) => token.upper === 'ON');
  const [source, ...others] = parseFromAndWhere([from, ...using], from).from;
  if (source === undefined || others.length > 0) throw syntaxError(cursor.peek());
  cursor.expect('ON');
  const on = parseExpression(
    cursor.until((token) => token.upper === 'WHEN'),
    cursor.peek(),
  );
  const branches: MergeBranch[] = [];
  while (cursor.sees('WHEN')) branches.push(readBranch(cursor));
  if (branches.length === 0) throw syntaxError(cursor.peek());
  const output = readOutput(cursor, []);
  skipQueryHints(cursor);
  cursor.expectEnd();
  return { kind: 'merge', ctes, target, alias, source, on, branches, output };
}

function readBranch(cursor: Cursor): MergeBranch {
  cursor.expect('WHEN');
  const when = readWhen(cursor);
  const near = cursor.peek();
  const and = cursor.accept('AND')
    ? parseExpression(
        cursor.until((token) => token.upper === 'THEN'),
        near,
      )
    : undefined;
  cursor.expect('THEN');
  return { when, and, action: readAction(cursor) };
}

function readWhen(cursor: Cursor): MergeBranch['when'] {
  if (cursor.accept('MATCHED')) return 'matched';
  cursor.expect('NOT', 'MATCHED');
  if (!cursor.accept('BY')) return 'not matched by target';
  if (cursor.accept('SOURCE')) return 'not matched by source';
  cursor.expect('TARGET');
  return 'not matched by target';
}

function readAction(cursor: Cursor): MergeBranch['action'] {
  const near = cursor.peek();
  if (cursor.accept('DELETE')) return { kind: 'delete' };
  if (cursor.accept('UPDATE', 'SET')) {
    const ends = ['WHEN', 'OUTPUT', 'OPTION'];
    return {
      kind: 'update',
      assignments: readAssignments(
        cursor.until((token) => ends.includes(token.upper)),
        near,
      ),
    };
  }
  cursor.expect('INSERT');
  const columns = cursor.sees('(') ? cursor.identifierList() : undefined;
  if (cursor.accept('DEFAULT', 'VALUES')) return { kind: 'insert', columns };
  cursor.expect('VALUES');
  return { kind: 'insert', columns, values: parseExpressions(splitAtCommas(cursor.parenthesized()), near) };
}
