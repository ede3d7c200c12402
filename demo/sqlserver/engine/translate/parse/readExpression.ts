/** polyglot's expression nodes -> T-SQL expressions. */
import { tokenize } from '../../lexer';
import type { ArithmeticOperator, Call, ComparisonOperator, Expression, Query, SortKey, Window } from '../syntax';
import { Cursor, notSupported } from './cursor';
import { readDataType } from './dataType';
import { FUNCTION_PREFIX } from './preparedText';
import { TreeNode } from './treeNode';

const ARITHMETIC: Readonly<Record<string, ArithmeticOperator>> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  mod: '%',
  bitwise_and: '&',
  bitwise_or: '|',
  bitwise_xor: '^',
};

/** These rank alike in T-SQL and are taken from left to right; polyglot ranks the bitwise ones lower. */
const ADDITIVE = new Set(['add', 'sub', 'bitwise_and', 'bitwise_or', 'bitwise_xor']);

const COMPARISONS: Readonly<Record<string, ComparisonOperator>> = {
  eq: '=',
  neq: '<>',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
};

const QUANTIFIED: Readonly<Record<string, ComparisonOperator>> = {
  Eq: '=',
  Neq: '<>',
  Lt: '<',
  Lte: '<=',
  Gt: '>',
  Gte: '>=',
};

export type ReadQuery = (node: TreeNode) => Query;

/** Reads expressions; the queries inside them are read by the function given. */
export class ExpressionReader {
  constructor(private readonly readQuery: ReadQuery) {}

  read(node: TreeNode): Expression {
    const expression = this.readNode(node);
    node.done();
    return expression;
  }

  optional(node: TreeNode | undefined): Expression | undefined {
    return node === undefined ? undefined : this.read(node);
  }

  sortKeys(list: readonly unknown[]): readonly SortKey[] {
    return list.map((value) => {
      const part = TreeNode.plain('order by', value);
      const key: SortKey = { expression: this.read(part.node('this')), descending: part.flag('desc') };
      part.done();
      return key;
    });
  }

  private readNode(node: TreeNode): Expression {
    const arithmetic = ARITHMETIC[node.kind];
    if (arithmetic !== undefined) return this.readArithmetic(node, arithmetic);
    const comparison = COMPARISONS[node.kind];
    if (comparison !== undefined) {
      const [left, right] = [this.read(node.node('left')), this.read(node.node('right'))];
      return { kind: 'comparison', operator: comparison, left, right };
    }
    switch (node.kind) {
      case 'null':
        return { kind: 'null' };
      case 'literal':
        return readLiteral(node);
      case 'column':
      case 'dot':
        return readColumn(node);
      case 'neg':
        return { kind: 'unary', operator: '-', operand: this.read(node.node('this')) };
      case 'bitwise_not':
        return { kind: 'unary', operator: '~', operand: this.read(node.node('this')) };
      case 'paren':
        return { kind: 'parentheses', inner: this.read(node.node('this')) };
      case 'and':
      case 'or':
        return { kind: node.kind, left: this.read(node.node('left')), right: this.read(node.node('right')) };
      case 'not':
        return { kind: 'not', operand: this.read(node.node('this')) };
      case 'is_null':
        return { kind: 'is null', operand: this.read(node.node('this')), negated: node.flag('not') };
      case 'like':
        return {
          kind: 'like',
          operand: this.read(node.node('left')),
          pattern: this.read(node.node('right')),
          escape: this.optional(node.optionalNode('escape')),
          negated: false,
        };
      case 'between':
        return {
          kind: 'between',
          operand: this.read(node.node('this')),
          low: this.read(node.node('low')),
          high: this.read(node.node('high')),
          negated: node.flag('not'),
        };
      case 'in':
        return this.readIn(node);
      case 'exists':
        return { kind: 'exists', query: this.readQuery(node.node('this')) };
      case 'subquery':
        return { kind: 'subquery', query: this.readQuery(node) };
      case 'select':
      case 'union':
      case 'except':
      case 'intersect':
        return { kind: 'subquery', query: this.readQuery(node) };
      case 'all':
      case 'any':
        return this.readQuantified(node, node.kind);
      case 'case':
        return this.readCase(node);
      case 'collation':
        return { kind: 'collate', operand: this.read(node.node('this')), collation: node.text('collation') };
      case 'function':
      case 'method_call':
      case 'window_function':
      case 'within_group':
        return this.readCallExpression(node);
      default:
        throw notSupported(`"${node.kind.replaceAll('_', ' ')}" in an expression`);
    }
  }

  /** Takes the additive operators apart in the order of the text and puts them together from left to right. */
  private readArithmetic(node: TreeNode, operator: ArithmeticOperator): Expression {
    if (!ADDITIVE.has(node.kind)) {
      return { kind: 'arithmetic', operator, left: this.read(node.node('left')), right: this.read(node.node('right')) };
    }
    const operands: Expression[] = [];
    const operators: ArithmeticOperator[] = [];
    const flatten = (part: TreeNode): void => {
      const own = ARITHMETIC[part.kind];
      if (own === undefined || !ADDITIVE.has(part.kind)) {
        operands.push(this.read(part));
        return;
      }
      flatten(part.node('left'));
      operators.push(own);
      flatten(part.node('right'));
      part.done();
    };
    flatten(node);
    return operands.reduce((left, right, index) => {
      return { kind: 'arithmetic', operator: operators[index - 1] ?? operator, left, right };
    });
  }

  private readIn(node: TreeNode): Expression {
    const query = node.optionalNode('query');
    const operand = this.read(node.node('this'));
    const negated = node.flag('not');
    if (query !== undefined) return { kind: 'in', operand, choices: this.readQuery(query), negated };
    const choices = node.nodes('expressions').map((choice) => this.read(choice));
    const [only] = choices;
    if (choices.length === 1 && only?.kind === 'subquery') return { kind: 'in', operand, choices: only.query, negated };
    return { kind: 'in', operand, choices, negated };
  }

  private readQuantified(node: TreeNode, quantifier: 'all' | 'any'): Expression {
    const operator = QUANTIFIED[node.text('op')];
    if (operator === undefined) throw notSupported(`The operator before ${quantifier.toUpperCase()}`);
    const operand = this.read(node.node('this'));
    return { kind: 'quantified', operator, operand, quantifier, query: this.readQuery(node.node('subquery')) };
  }

  private readCase(node: TreeNode): Expression {
    const branches = node.list('whens').map((branch) => {
      const [when, then] = branch as readonly unknown[];
      return { when: this.read(TreeNode.of(when)), then: this.read(TreeNode.of(then)) };
    });
    const operand = this.optional(node.optionalNode('operand'));
    return { kind: 'case', operand, branches, otherwise: this.optional(node.optionalNode('else_')) };
  }

  private readCallExpression(node: TreeNode): Expression {
    const call = this.readCall(node);
    const [first, type, style] = call.arguments;
    if (call.schema !== undefined) return { kind: 'call', call };
    switch (call.name) {
      case 'default':
        return { kind: 'default' };
      case 'money_literal':
        return { kind: 'money', text: first?.kind === 'string' ? first.text : '0' };
      case 'next_value':
        return {
          kind: 'next value',
          sequence: call.arguments.map((part) => (part.kind === 'string' ? part.text : '')),
          over: call.over?.orderBy,
        };
      case 'convert':
      case 'try_convert': {
        if (first === undefined || type?.kind !== 'string') throw notSupported(call.name.toUpperCase());
        const cursor = new Cursor(tokenize(type.text, { quotedIdentifier: true }));
        const target = readDataType(cursor, 30);
        cursor.expectEnd();
        return { kind: 'convert', operand: first, type: target, style, lenient: call.name === 'try_convert' };
      }
      default:
        return { kind: 'call', call };
    }
  }

  /** A function with all that may stand behind it. */
  readCall(node: TreeNode): Call {
    switch (node.kind) {
      case 'window_function': {
        const call = this.readCall(node.node('this'));
        const over = node.part('over');
        if (over === undefined) throw notSupported('A function with a named window');
        node.done();
        return { ...call, over: this.readWindow(over) };
      }
      case 'within_group': {
        const call = this.readCall(node.node('this'));
        const withinGroup = this.sortKeys(node.list('order_by'));
        node.done();
        return { ...call, withinGroup };
      }
      case 'method_call': {
        const schema = node.node('this');
        const path = readColumn(schema);
        if (path.kind !== 'column' || path.path.length !== 1) throw notSupported('A method call');
        const call = this.makeCall(node.name('method') ?? '', node, path.path[0]);
        node.done();
        return call;
      }
      case 'function': {
        const written = node.text('name');
        const parts = written.split('.');
        const call = this.makeCall(parts.at(-1) ?? written, node, parts.length > 1 ? parts.at(-2) : undefined);
        node.flag('no_parens');
        node.done();
        return call;
      }
      default:
        throw notSupported(`"${node.kind.replaceAll('_', ' ')}" as a function`);
    }
  }

  private makeCall(written: string, node: TreeNode, schema: string | undefined): Call {
    const lower = written.toLowerCase();
    const name = lower.startsWith(FUNCTION_PREFIX) ? lower.slice(FUNCTION_PREFIX.length) : lower;
    const list = node.nodes('args');
    const star = list.length === 1 && list[0]?.kind === 'star';
    return {
      name: schema === undefined ? name : written,
      schema,
      arguments: star ? [] : list.map((argument) => this.read(argument)),
      star,
      distinct: node.flag('distinct'),
    };
  }

  private readWindow(over: TreeNode): Window {
    const partitionBy = over.nodes('partition_by').map((expression) => this.read(expression));
    const orderBy = this.sortKeys(over.list('order_by'));
    const frame = over.part('frame');
    over.done();
    return { partitionBy, orderBy, frame: frame === undefined ? undefined : this.readFrame(frame) };
  }

  private readFrame(frame: TreeNode): string {
    const kind = frame.text('kind').toUpperCase();
    const start = this.readBound(frame.raw('start'));
    const end = frame.raw('end');
    frame.done();
    return end === null || end === undefined
      ? `${kind} ${start}`
      : `${kind} BETWEEN ${start} AND ${this.readBound(end)}`;
  }

  private readBound(bound: unknown): string {
    switch (bound) {
      case 'UnboundedPreceding':
        return 'UNBOUNDED PRECEDING';
      case 'UnboundedFollowing':
        return 'UNBOUNDED FOLLOWING';
      case 'CurrentRow':
        return 'CURRENT ROW';
      default: {
        const side = TreeNode.plain('bound', bound);
        const preceding = side.optionalNode('Preceding');
        const distance = this.read(preceding ?? side.node('Following'));
        side.done();
        if (distance.kind !== 'number') throw notSupported('A window frame that is no number');
        return `${distance.text} ${preceding === undefined ? 'FOLLOWING' : 'PRECEDING'}`;
      }
    }
  }
}

function readLiteral(node: TreeNode): Expression {
  const text = node.text('value');
  switch (node.text('literal_type')) {
    case 'number':
      return { kind: 'number', text };
    case 'string':
      return { kind: 'string', text, national: false };
    case 'national_string':
      return { kind: 'string', text, national: true };
    case 'hex_string':
      return { kind: 'binary', hex: (text.length % 2 === 0 ? text : `0${text}`).toLowerCase() };
    default:
      throw notSupported('This kind of literal');
  }
}

function readColumn(node: TreeNode): Expression {
  if (node.kind === 'dot') {
    const before = readColumn(node.node('this'));
    const field = node.name('field');
    if (before.kind !== 'column' || field === undefined) throw notSupported('A method or property of a column');
    return { kind: 'column', path: [...before.path, field] };
  }
  const table = node.name('table');
  const name = node.name('name');
  if (name === undefined) throw notSupported('An expression without a name');
  node.done();
  if (table === undefined && name.startsWith('@')) return { kind: 'variable', name };
  return { kind: 'column', path: table === undefined ? [name] : [table, name] };
}
