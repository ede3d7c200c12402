/** polyglot's FROM clause -> T-SQL's sources and joins. */
import type { FromItem, Query, TableReference } from '../syntax';
import { notSupported } from './cursor';
import type { ExpressionReader } from './readExpression';
import type { TreeNode } from './treeNode';

type JoinType = Extract<FromItem, { kind: 'join' }>['type'];

const JOINS: Readonly<Record<string, JoinType>> = {
  Inner: 'inner',
  Left: 'left',
  Right: 'right',
  Full: 'full',
  Cross: 'cross',
  CrossApply: 'cross apply',
  OuterApply: 'outer apply',
};

/** The sources separated by commas, each with its joins. */
export function readFrom(
  from: TreeNode,
  joins: readonly TreeNode[],
  expressions: ExpressionReader,
  readQuery: (node: TreeNode) => Query,
): readonly FromItem[] {
  return new FromReader(expressions, readQuery).read(from, joins);
}

class FromReader {
  constructor(
    private readonly expressions: ExpressionReader,
    private readonly readQuery: (node: TreeNode) => Query,
  ) {}

  read(from: TreeNode, joins: readonly TreeNode[]): readonly FromItem[] {
    const items = from.nodes('expressions').map((node) => this.source(node));
    let group: TreeNode[] = [];
    const close = (): void => {
      const last = items.pop();
      if (last !== undefined) items.push(this.joined(last, group));
      group = [];
    };
    for (const join of joins) {
      if (join.raw('kind') === 'Implicit') {
        close();
        items.push(this.source(join.node('this')));
        join.done();
      } else {
        group.push(join);
      }
    }
    close();
    return items;
  }

  /** Joins from left to right; one whose condition comes later (`a JOIN b JOIN c ON … ON …`) takes those up to it as its right side. */
  private joined(left: FromItem, joins: readonly TreeNode[]): FromItem {
    let result = left;
    for (let index = 0; index < joins.length; index += 1) {
      const join = joins[index];
      if (join === undefined) break;
      let right = this.source(join.node('this'));
      if (join.flag('deferred_condition')) {
        const group = join.count('nesting_group');
        const nested = joins.slice(index + 1).filter((other) => other.count('nesting_group') === group);
        right = this.joined(right, nested);
        index += nested.length;
      }
      const type = JOINS[join.text('kind')];
      if (type === undefined) throw notSupported(`A join of kind ${join.text('kind')}`);
      join.raw('join_hint');
      result = { kind: 'join', type, left: result, right, on: this.expressions.optional(join.optionalNode('on')) };
      join.done();
    }
    return result;
  }

  private source(node: TreeNode): FromItem {
    const item = this.readSource(node);
    node.done();
    return item;
  }

  private readSource(node: TreeNode): FromItem {
    switch (node.kind) {
      case 'table':
        return readTable(node);
      case 'paren':
        return this.source(node.node('this'));
      case 'joined_table':
        return this.joined(this.source(node.node('left')), node.parts('joins'));
      case 'subquery': {
        const alias = node.name('alias');
        const columns = node.names('column_aliases');
        const inner = node.node('this');
        if (alias === undefined) throw notSupported('A derived table without an alias');
        return { kind: 'derived', query: this.readQuery(inner), alias, columns };
      }
      case 'alias': {
        const call = this.expressions.readCall(node.node('this'));
        return { kind: 'function', call, alias: node.name('alias'), columns: node.names('column_aliases') };
      }
      case 'function':
      case 'method_call':
        return { kind: 'function', call: this.expressions.readCall(node), columns: [] };
      default:
        throw notSupported(`"${node.kind.replaceAll('_', ' ')}" in FROM`);
    }
  }
}

function readTable(node: TreeNode): TableReference {
  const path = [node.name('catalog'), node.name('schema'), node.name('name')].filter((part) => part !== undefined);
  const hints = node.nodes('hints').flatMap((hint) => {
    const words = hint.nodes('expressions').map((word) => word.text('this'));
    hint.done();
    return words;
  });
  return { kind: 'table', path, alias: node.name('alias'), hints };
}
