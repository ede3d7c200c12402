/** Questions about a statement's tree. */
import type { Catalog } from '../../contract';
import type { Call, Expression, FromItem, Query, SelectItem } from '../syntax';
import { AGGREGATES } from './aggregate';
import { sameName } from './scope';

interface Visitor {
  /** Return true to end the search. */
  readonly expression?: (expression: Expression) => boolean;
  readonly from?: (item: FromItem) => boolean;
  /** Whether to look into subqueries. */
  readonly intoQueries: boolean;
}

/** Whether an expression of the tree, or a part of it, is what the visitor looks for. */
function inExpression(expression: Expression | undefined, visitor: Visitor): boolean {
  if (expression === undefined) return false;
  if (visitor.expression?.(expression) === true) return true;
  const any = (...parts: readonly (Expression | undefined)[]): boolean =>
    parts.some((part) => inExpression(part, visitor));
  const query = (part: Query): boolean => visitor.intoQueries && inQuery(part, visitor);
  switch (expression.kind) {
    case 'unary':
    case 'not':
    case 'is null':
    case 'collate':
      return any(expression.operand);
    case 'convert':
      return any(expression.operand, expression.style);
    case 'arithmetic':
    case 'comparison':
    case 'and':
    case 'or':
      return any(expression.left, expression.right);
    case 'parentheses':
      return any(expression.inner);
    case 'case':
      return (
        any(expression.operand, expression.otherwise) || expression.branches.some(({ when, then }) => any(when, then))
      );
    case 'call':
      return inCall(expression.call, visitor);
    case 'subquery':
    case 'exists':
      return query(expression.query);
    case 'like':
      return any(expression.operand, expression.pattern, expression.escape);
    case 'in':
      if ('body' in expression.choices) return any(expression.operand) || query(expression.choices);
      return any(expression.operand, ...expression.choices);
    case 'between':
      return any(expression.operand, expression.low, expression.high);
    case 'quantified':
      return any(expression.operand) || query(expression.query);
    default:
      return false;
  }
}

function inCall(call: Call, visitor: Visitor): boolean {
  const keys = [...(call.withinGroup ?? []), ...(call.over?.orderBy ?? [])].map((key) => key.expression);
  return [...call.arguments, ...keys, ...(call.over?.partitionBy ?? [])].some((part) => inExpression(part, visitor));
}

function inFrom(item: FromItem, visitor: Visitor): boolean {
  if (visitor.from?.(item) === true) return true;
  switch (item.kind) {
    case 'table':
      return false;
    case 'derived':
      return inQuery(item.query, visitor);
    case 'function':
      return inCall(item.call, visitor);
    case 'join':
      return inFrom(item.left, visitor) || inFrom(item.right, visitor) || inExpression(item.on, visitor);
  }
}

function inItem(item: SelectItem, visitor: Visitor): boolean {
  return item.kind !== 'star' && inExpression(item.expression, visitor);
}

function inQuery(query: Query, visitor: Visitor): boolean {
  if (query.ctes.some((table) => inQuery(table.query, visitor))) return true;
  if (query.orderBy.some((key) => inExpression(key.expression, visitor))) return true;
  const { body } = query;
  switch (body.kind) {
    case 'values':
      return body.rows.some((row) => row.some((value) => inExpression(value, visitor)));
    case 'set operation':
      return inQuery(body.left, visitor) || inQuery(body.right, visitor);
    case 'select':
      return (
        body.items.some((item) => inItem(item, visitor)) ||
        body.from.some((item) => inFrom(item, visitor)) ||
        inExpression(body.where, visitor) ||
        inExpression(body.having, visitor)
      );
  }
}

/** Whether a query reads a table of this name, given without a schema. */
export function mentionsTable(query: Query, name: string, catalog: Catalog): boolean {
  return inQuery(query, {
    intoQueries: true,
    from: (item) => item.kind === 'table' && item.path.length === 1 && sameName(catalog, item.path[0] ?? '', name),
  });
}

/** Whether a select item, HAVING or ORDER BY aggregates the query's own rows. */
export function aggregates(expression: Expression | undefined): boolean {
  return inExpression(expression, {
    intoQueries: false,
    expression: (part) => part.kind === 'call' && part.call.over === undefined && AGGREGATES.has(part.call.name),
  });
}

export function hasWindow(expression: Expression | undefined): boolean {
  return inExpression(expression, {
    intoQueries: false,
    expression: (part) => part.kind === 'call' && part.call.over !== undefined,
  });
}

export function findNextValue(items: readonly SelectItem[]): Extract<Expression, { kind: 'next value' }> | undefined {
  let found: Extract<Expression, { kind: 'next value' }> | undefined;
  const expression = (part: Expression): boolean => {
    if (part.kind !== 'next value') return false;
    found = part;
    return true;
  };
  items.some((item) => inItem(item, { intoQueries: false, expression }));
  return found;
}

/** Whether a SELECT builds a variable up row by row: `SELECT @s = @s + Name FROM …`. */
export function accumulates(items: readonly SelectItem[]): boolean {
  const assigned = new Set(items.flatMap((item) => (item.kind === 'assignment' ? [item.variable] : [])));
  const expression = (part: Expression): boolean => part.kind === 'variable' && assigned.has(part.name);
  return items.some(
    (item) =>
      item.kind === 'assignment' &&
      (item.operator !== undefined || inExpression(item.expression, { intoQueries: true, expression })),
  );
}
