/** Which triggers a statement concerns, and which columns it sets: read off its tokens. */
import type { Token } from '../lexer';
import type { Translation } from '../contract';
import type { Source, TriggerEvent } from './syntax';

export interface WrittenActions {
  readonly events: readonly TriggerEvent[];
  /** Lower-case names of the columns that an UPDATE sets. */
  readonly updated: ReadonlySet<string>;
}

export function writtenActions(kind: Translation['kind'], source: Source): WrittenActions {
  switch (kind) {
    case 'insert':
      return { events: ['INSERT'], updated: new Set() };
    case 'delete':
      return { events: ['DELETE'], updated: new Set() };
    case 'update':
      return { events: ['UPDATE'], updated: columnsSet(source.tokens) };
    case 'merge':
      return { events: mergeActions(source.tokens), updated: columnsSet(source.tokens) };
    default:
      return { events: [], updated: new Set() };
  }
}

/** The actions behind THEN, in the order in which their triggers fire. */
function mergeActions(tokens: readonly Token[]): readonly TriggerEvent[] {
  const found = new Set(tokens.filter((_, index) => tokens[index - 1]?.upper === 'THEN').map(({ upper }) => upper));
  return (['INSERT', 'UPDATE', 'DELETE'] as const).filter((action) => found.has(action));
}

const LIST_ENDS = new Set(['FROM', 'WHERE', 'OUTPUT', 'OPTION', 'WHEN']);

/** Names left of the `=` in the SET list. */
function columnsSet(tokens: readonly Token[]): ReadonlySet<string> {
  const columns = new Set<string>();
  let depth = 0;
  let expecting = false;
  let inside = false;
  tokens.forEach((token, index) => {
    if (token.upper === '(') depth += 1;
    else if (token.upper === ')') depth -= 1;
    if (depth > 0 || token.upper === ')') return;
    if (token.upper === 'SET') {
      inside = true;
      expecting = true;
    } else if (LIST_ENDS.has(token.upper)) {
      inside = false;
    } else if (inside && token.upper === ',') {
      expecting = true;
    } else if (inside && expecting && /^[-+*/%&|^]?=$/.test(token.upper)) {
      // In `@x = column = value` the column comes behind the first sign.
      const name = tokens[index - 1];
      if (name?.kind === 'variable') return;
      if (name !== undefined) columns.add(name.value.toLowerCase());
      expecting = false;
    }
  });
  return columns;
}
