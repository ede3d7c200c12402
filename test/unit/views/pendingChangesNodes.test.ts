import assert from 'node:assert/strict';
import type { CaptureProblem, LoggedChange, RejectedProduct } from '../../../src/sync/model';
import type { ChangeRow, GroupKind, Row } from '../../../src/views/pendingChanges/changeGroups';
import { ChangeNodes, type ChangeNode, type ShownChanges } from '../../../src/views/pendingChanges/changeNodes';
import { plainL10n } from './plainL10n';

const now = Date.UTC(2024, 0, 1);

function changeRow(kind: 'new' | 'changed', logId: string, values: Partial<LoggedChange> = {}): ChangeRow {
  const change: LoggedChange = {
    logId,
    changeType: kind === 'new' ? 'INSERT' : 'UPDATE',
    key: `p${logId}`,
    productName: `Product ${logId}`,
    sellPrice: '1.00',
    qrCode: null,
    status: null,
    ageSeconds: 0,
    previous: null,
    ...values,
  };
  return { kind, change, readAt: now };
}

class Shown implements ShownChanges {
  readonly groups = new Map<GroupKind, { readonly rows: readonly Row[] | null; readonly total: number }>();

  set(kind: GroupKind, rows: readonly Row[] | null, total = rows?.length ?? 0): this {
    this.groups.set(kind, { rows, total });
    return this;
  }

  total(kind: GroupKind): number {
    return this.groups.get(kind)?.total ?? 0;
  }

  isRead(kind: GroupKind): boolean {
    return this.groups.get(kind)?.rows instanceof Array;
  }

  rows(kind: GroupKind): readonly Row[] {
    return this.groups.get(kind)?.rows ?? [];
  }
}

describe('the tree of pending changes', () => {
  const idsOf = (nodes: readonly ChangeNode[]): readonly string[] => nodes.map(({ id }) => id);
  const problem: CaptureProblem = { kind: 'trigger missing', message: 'A trigger is missing.' };

  it('has its groups in order, and leaves empty ones out', () => {
    const nodes = new ChangeNodes(plainL10n);
    nodes.update(new Shown().set('deleted', null, 1).set('new', null, 2).set('rejected', [], 0), [], now);
    assert.deepEqual(idsOf(nodes.childrenOf(undefined)), ['group.new', 'group.deleted']);
  });

  it('is empty where there is nothing', () => {
    const nodes = new ChangeNodes(plainL10n);
    assert.deepEqual(nodes.update(new Shown(), [], now), []);
    assert.equal(nodes.isEmpty, true);
  });

  it('offers more where there is more', () => {
    const nodes = new ChangeNodes(plainL10n);
    nodes.update(new Shown().set('new', [changeRow('new', '1')], 5), [], now);
    const [group] = nodes.childrenOf(undefined);
    assert.deepEqual(idsOf(nodes.childrenOf(group)), ['new#1', 'more.new']);
    assert.equal(nodes.textOf(nodes.childrenOf(group)[1]!, now).label, 'Show more (4 left)');
  });

  it('offers more where a page had nothing but hidden rows, and nothing where no page was read', () => {
    const nodes = new ChangeNodes(plainL10n);
    nodes.update(new Shown().set('new', [], 5).set('changed', null, 5), [], now);
    const [first, second] = nodes.childrenOf(undefined);
    assert.deepEqual(idsOf(nodes.childrenOf(first)), ['more.new']);
    assert.deepEqual(idsOf(nodes.childrenOf(second)), []);
  });

  it('keeps its nodes over a refresh', () => {
    const nodes = new ChangeNodes(plainL10n);
    nodes.update(new Shown().set('new', [changeRow('new', '1')]), [], now);
    const [group] = nodes.childrenOf(undefined);
    const [row] = nodes.childrenOf(group);
    nodes.update(new Shown().set('new', [changeRow('new', '1'), changeRow('new', '2')]), [], now);
    assert.equal(nodes.childrenOf(undefined)[0], group);
    assert.equal(nodes.childrenOf(group)[0], row);
    assert.equal(nodes.parentOf(row!), group);
  });

  it('is not drawn anew where nothing has changed', () => {
    const nodes = new ChangeNodes(plainL10n);
    const shown = new Shown().set('new', [changeRow('new', '1')]);
    assert.equal(nodes.update(shown, [], now), 'everything');
    assert.deepEqual(nodes.update(shown, [], now), []);
    assert.deepEqual(nodes.update(new Shown().set('new', [changeRow('new', '1')]), [], now), []);
  });

  it('draws only a row anew whose text has changed', () => {
    const nodes = new ChangeNodes(plainL10n);
    const rows = [changeRow('new', '1', { ageSeconds: 30 }), changeRow('new', '2', { ageSeconds: 0 })];
    nodes.update(new Shown().set('new', rows), [], now);
    const redraw = nodes.update(new Shown().set('new', rows), [], now + 40_000);
    assert.deepEqual(redraw === 'everything' ? redraw : idsOf(redraw), ['new#1']);
  });

  it('draws a rejected product anew of which only the tooltip has changed', () => {
    const nodes = new ChangeNodes(plainL10n);
    const { change } = changeRow('changed', '1');
    const product: RejectedProduct = {
      productId: 'p1',
      productName: 'Product 1',
      reason: 'The price is too high.',
      lastLogId: '2',
      sellPrice: '1.00',
      tries: 1,
      nextTryAt: now,
    };
    const rejected = (logId: string): Shown =>
      new Shown().set('rejected', [{ kind: 'rejected', product, change: { ...change, logId }, readAt: now }]);
    nodes.update(rejected('1'), [], now);
    assert.deepEqual(nodes.update(rejected('1'), [], now), []);
    const redraw = nodes.update(rejected('2'), [], now);
    assert.deepEqual(redraw === 'everything' ? redraw : idsOf(redraw), ['rejected:p1']);
  });

  it('draws only the group anew that has other rows or another count', () => {
    const nodes = new ChangeNodes(plainL10n);
    const changed = [changeRow('changed', '9')];
    nodes.update(new Shown().set('new', [changeRow('new', '1')]).set('changed', changed), [], now);
    const other = nodes.update(new Shown().set('new', [changeRow('new', '2')]).set('changed', changed), [], now);
    assert.deepEqual(other === 'everything' ? other : idsOf(other), ['group.new']);
    const more = nodes.update(new Shown().set('new', [changeRow('new', '2')]).set('changed', changed, 7), [], now);
    assert.deepEqual(more === 'everything' ? more : idsOf(more), ['group.changed']);
  });

  it('draws everything anew when a group comes or goes', () => {
    const nodes = new ChangeNodes(plainL10n);
    nodes.update(new Shown().set('new', null, 1), [], now);
    assert.equal(nodes.update(new Shown().set('new', null, 1).set('changed', null, 1), [], now), 'everything');
    assert.equal(nodes.update(new Shown(), [], now), 'everything');
  });

  it('begins with Repair Capture where that would help', () => {
    const nodes = new ChangeNodes(plainL10n);
    nodes.update(new Shown().set('new', null, 1), [problem], now);
    const roots = nodes.childrenOf(undefined);
    assert.deepEqual(idsOf(roots), ['repair', 'group.new']);
    assert.deepEqual(nodes.childrenOf(roots[0]), []);
    assert.equal(nodes.textOf(roots[0]!, now).tooltip, 'A trigger is missing&#46;');
    nodes.update(new Shown(), [{ kind: 'triggers not visible', message: 'Ask for a right.' }], now);
    assert.equal(nodes.isEmpty, true);
  });
});
