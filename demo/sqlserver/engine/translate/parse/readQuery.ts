/** polyglot's query nodes -> T-SQL queries. */
import type { CommonTable, Expression, FromItem, Grouping, Query, QueryBody, Select, SelectItem } from '../syntax';
import { notSupported } from './cursor';
import { ExpressionReader } from './readExpression';
import { readFrom } from './readFrom';
import type { TreeNode } from './treeNode';

const expressions = new ExpressionReader(readQuery);

/** Reads an expression at the top of a tree. */
export function readExpression(node: TreeNode): Expression {
  return expressions.read(node);
}

export function readQuery(node: TreeNode): Query {
  const query = read(node);
  node.done();
  return query;
}

function read(node: TreeNode): Query {
  switch (node.kind) {
    case 'select':
      return readSelectQuery(node);
    case 'union':
    case 'except':
    case 'intersect':
      return readSetOperation(node);
    case 'subquery':
      return readParenthesized(node);
    case 'values':
      return { ctes: [], body: readValues(node), orderBy: [] };
    default:
      throw notSupported(`"${node.kind.replaceAll('_', ' ')}" as a query`);
  }
}

function readParenthesized(node: TreeNode): Query {
  const inner = readQuery(node.node('this'));
  const orderBy = readOrderBy(node);
  if (orderBy.length === 0) return inner;
  return { ctes: [], body: asBody(inner), orderBy };
}

/** A query within parentheses, as one side of a set operation or under an ORDER BY of its own. */
function asBody(query: Query): QueryBody {
  const isPlain = query.ctes.length === 0 && query.orderBy.length === 0 && query.offset === undefined;
  if (isPlain) return query.body;
  throw notSupported('A query in parentheses with an ORDER BY outside and inside');
}

function readOrderBy(node: TreeNode): Query['orderBy'] {
  const part = node.part('order_by');
  if (part === undefined) return [];
  const keys = expressions.sortKeys(part.list('expressions'));
  part.done();
  return keys;
}

function readOffset(node: TreeNode): Expression | undefined {
  const part = node.part('offset');
  if (part === undefined) return undefined;
  const wrapped = part.has('this');
  const offset = expressions.read(wrapped ? part.node('this') : node.node('offset'));
  if (wrapped) {
    part.flag('rows');
    part.done();
  }
  return offset;
}

function readFetch(node: TreeNode): Expression | undefined {
  const part = node.part('fetch');
  if (part === undefined) return undefined;
  const count = expressions.read(part.node('count'));
  part.raw('direction');
  part.flag('rows');
  part.done();
  return count;
}

function readCommonTables(node: TreeNode): readonly CommonTable[] {
  const part = node.part('with');
  if (part === undefined) return [];
  const tables = part.parts('ctes').map((cte) => {
    const table: CommonTable = {
      name: cte.name('alias') ?? '',
      columns: cte.names('columns'),
      query: readQuery(cte.node('this')),
    };
    cte.done();
    return table;
  });
  part.done();
  return tables;
}

function readSelectQuery(node: TreeNode): Query {
  return {
    ctes: readCommonTables(node),
    body: readSelect(node),
    orderBy: readOrderBy(node),
    offset: readOffset(node),
    fetch: readFetch(node),
  };
}

function readSetOperation(node: TreeNode): Query {
  const operator =
    node.kind === 'union' && node.flag('all') ? 'union all' : (node.kind as 'union' | 'except' | 'intersect');
  const leftNode = node.node('left');
  const rightNode = node.node('right');
  // The FETCH of the whole operation is found in its last SELECT.
  const fetch = rightNode.kind === 'select' ? readFetch(rightNode) : undefined;
  const right = readQuery(rightNode);
  const left = readQuery(leftNode);
  const body = joinSets(operator, left, leftNode.kind !== 'subquery', { ...right, fetch: undefined });
  return {
    ctes: readCommonTables(node),
    body,
    orderBy: readOrderBy(node),
    offset: readOffset(node),
    fetch,
  };
}

/** INTERSECT binds more tightly than UNION and EXCEPT, which polyglot does not know. */
function joinSets(
  operator: 'union' | 'union all' | 'except' | 'intersect',
  left: Query,
  isChain: boolean,
  right: Query,
): QueryBody {
  const chain = left.body;
  if (operator !== 'intersect' || !isChain || chain.kind !== 'set operation' || chain.operator === 'intersect') {
    return { kind: 'set operation', operator, left, right };
  }
  const body = joinSets(operator, chain.right, true, right);
  return { ...chain, right: { ctes: [], body, orderBy: [] } };
}

function readValues(node: TreeNode): QueryBody {
  const rows = node.parts('expressions').map((row) => {
    const values = row.nodes('expressions').map((value) => expressions.read(value));
    row.done();
    return values;
  });
  return { kind: 'values', rows };
}

function readSelect(node: TreeNode): Select {
  const where = node.part('where_clause');
  const having = node.part('having');
  const into = node.part('into');
  const select: Select = {
    kind: 'select',
    distinct: node.flag('distinct'),
    top: readTop(node),
    items: node.nodes('expressions').map((item) => readItem(item)),
    into: into === undefined ? undefined : readInto(into),
    from: readFromList(node),
    where: where === undefined ? undefined : expressions.read(where.node('this')),
    groupBy: readGroupBy(node),
    having: having === undefined ? undefined : expressions.read(having.node('this')),
  };
  where?.done();
  having?.done();
  return select;
}

function readFromList(node: TreeNode): readonly FromItem[] {
  const from = node.part('from');
  const items = from === undefined ? [] : readFrom(from, node.parts('joins'), expressions, readQuery);
  from?.done();
  return items;
}

function readTop(node: TreeNode): Select['top'] {
  const top = node.part('top');
  if (top === undefined) return undefined;
  const result = {
    count: expressions.read(top.node('this')),
    percent: top.flag('percent'),
    withTies: top.flag('with_ties'),
  };
  top.done();
  return result;
}

function readInto(into: TreeNode): readonly string[] {
  const table = into.node('this');
  const path = [table.name('catalog'), table.name('schema'), table.name('name')];
  table.done();
  into.done();
  return path.filter((part) => part !== undefined);
}

function readGroupBy(node: TreeNode): readonly Grouping[] {
  const part = node.part('group_by');
  if (part === undefined) return [];
  const groupings = part.nodes('expressions').map((item): Grouping => {
    if (item.kind !== 'function') return readGroupingSet(item);
    const name = item.text('name').toLowerCase();
    if (name === 'grouping sets') return { kind: 'sets', sets: item.nodes('args').map((set) => readSet(set)) };
    if (name === 'fn_rollup') return { kind: 'rollup', sets: item.nodes('args').map((set) => readSet(set)) };
    if (name === 'fn_cube') return { kind: 'cube', sets: item.nodes('args').map((set) => readSet(set)) };
    return { kind: 'expression', expression: expressions.read(item) };
  });
  part.done();
  return groupings;
}

function readGroupingSet(item: TreeNode): Grouping {
  return item.kind === 'tuple' && !item.has('expressions')
    ? { kind: 'sets', sets: [[]] }
    : { kind: 'expression', expression: expressions.read(item) };
}

function readSet(node: TreeNode): readonly Expression[] {
  if (node.kind === 'tuple') return node.nodes('expressions').map((part) => expressions.read(part));
  const expression = expressions.read(node);
  return [expression.kind === 'parentheses' ? expression.inner : expression];
}

function readItem(node: TreeNode): SelectItem {
  switch (node.kind) {
    case 'star': {
      const item: SelectItem = { kind: 'star', qualifier: node.name('table') };
      node.done();
      return item;
    }
    case 'alias': {
      const item: SelectItem = {
        kind: 'expression',
        expression: expressions.read(node.node('this')),
        alias: node.name('alias'),
      };
      node.done();
      return item;
    }
    // T-SQL has no conditions as values: `a = b` is an alias or an assignment.
    case 'eq':
      return readEquation(node);
    default:
      return { kind: 'expression', expression: expressions.read(node) };
  }
}

const ASSIGNMENT = /^(@[^+\-*/%&|^=]+)(?:([+\-*/%&|^])=)?$/;

function readEquation(node: TreeNode): SelectItem {
  const target = expressions.read(node.node('left'));
  const expression = expressions.read(node.node('right'));
  node.done();
  if (target.kind === 'column' && target.path.length === 1) {
    return { kind: 'expression', expression, alias: target.path[0] };
  }
  if (target.kind === 'string') return { kind: 'expression', expression, alias: target.text };
  const match = target.kind === 'variable' ? ASSIGNMENT.exec(target.name) : null;
  if (match?.[1] === undefined) throw notSupported('A comparison as a value');
  const operator = match[2] as '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | undefined;
  return { kind: 'assignment', variable: match[1], operator, expression };
}
