/** The tree's nodes. A node stays the same object over all refreshes, as VS Code knows it by that. */
import { beyondRepair, type CaptureProblem } from '../../sync/model';
import type { L10n } from '../../l10n';
import { escapeMarkdown } from '../markdown';
import { groupKinds, idOf, type GroupKind, type Row } from './changeGroups';
import { groupText, moreText, rowText, type NodeText } from './changeTexts';

export class GroupNode {
  total = 0;

  constructor(readonly kind: GroupKind) {}

  get id(): string {
    return `group.${this.kind}`;
  }
}

export class RowNode {
  constructor(public row: Row) {}

  get id(): string {
    return idOf(this.row);
  }
}

export class MoreNode {
  left = 0;

  constructor(readonly kind: GroupKind) {}

  get id(): string {
    return `more.${this.kind}`;
  }
}

/** A click away from what cures a broken capture. */
export class RepairNode {
  readonly id = 'repair';
  problems: readonly CaptureProblem[] = [];
}

export type ChangeNode = GroupNode | RowNode | MoreNode | RepairNode;

/** Where the nodes get their contents from. */
export interface ShownChanges {
  total(kind: GroupKind): number;
  isRead(kind: GroupKind): boolean;
  rows(kind: GroupKind): readonly Row[];
}

/** What is to be drawn anew: everything, or these nodes with all below them. */
export type Redraw = 'everything' | readonly ChangeNode[];

interface Drawn {
  readonly roots: string;
  /** Ids of the rows of each group. */
  readonly children: ReadonlyMap<GroupKind, string>;
  readonly texts: ReadonlyMap<string, string>;
}

export class ChangeNodes {
  private readonly groups: Readonly<Record<GroupKind, GroupNode>> = {
    new: new GroupNode('new'),
    changed: new GroupNode('changed'),
    rejected: new GroupNode('rejected'),
    deleted: new GroupNode('deleted'),
  };
  private readonly mores: Readonly<Record<GroupKind, MoreNode>> = {
    new: new MoreNode('new'),
    changed: new MoreNode('changed'),
    rejected: new MoreNode('rejected'),
    deleted: new MoreNode('deleted'),
  };
  private readonly repair = new RepairNode();
  private rows = new Map<string, RowNode>();
  private roots: readonly (GroupNode | RepairNode)[] = [];
  private children = new Map<GroupKind, readonly (RowNode | MoreNode)[]>();
  private drawn: Drawn = { roots: idsOf([]), children: new Map(), texts: new Map() };

  constructor(private readonly l10n: L10n) {}

  get isEmpty(): boolean {
    return this.roots.length === 0;
  }

  childrenOf(node: ChangeNode | undefined): readonly ChangeNode[] {
    if (node === undefined) return this.roots;
    return node instanceof GroupNode ? (this.children.get(node.kind) ?? []) : [];
  }

  parentOf(node: ChangeNode): GroupNode | undefined {
    if (node instanceof RowNode) return this.groups[node.row.kind];
    return node instanceof MoreNode ? this.groups[node.kind] : undefined;
  }

  /** `now`: epoch milliseconds. */
  textOf(node: ChangeNode, now: number): NodeText {
    if (node instanceof GroupNode) return groupText(node.kind, node.total, this.l10n);
    if (node instanceof MoreNode) return moreText(node.left, this.l10n);
    if (node instanceof RowNode) return rowText(node.row, now, this.l10n);
    const label = this.l10n.t('Repair Capture');
    const description = this.l10n.t('changes may be getting lost');
    const tooltip = node.problems.map(({ message }) => escapeMarkdown(message)).join('\n\n');
    return { label, description, tooltip, spoken: this.l10n.t('{0}, {1}', label, description) };
  }

  /** Takes over what there is to show now, and tells what of it looks different from before. */
  update(shown: ShownChanges, problems: readonly CaptureProblem[], now: number): Redraw {
    const rows = new Map<string, RowNode>();
    this.children = new Map(groupKinds.map((kind) => [kind, this.updateGroup(kind, shown, rows)]));
    this.rows = rows;
    this.repair.problems = problems;
    this.roots = [
      ...(problems.some(({ kind }) => !beyondRepair.has(kind)) ? [this.repair] : []),
      ...groupKinds.map((kind) => this.groups[kind]).filter(({ total }) => total > 0),
    ];
    const before = this.drawn;
    this.drawn = this.draw(now);
    return this.compare(before);
  }

  private updateGroup(
    kind: GroupKind,
    shown: ShownChanges,
    nodes: Map<string, RowNode>,
  ): readonly (RowNode | MoreNode)[] {
    const rows = shown.rows(kind).map((row) => {
      const id = idOf(row);
      const node = this.rows.get(id) ?? new RowNode(row);
      node.row = row;
      nodes.set(id, node);
      return node;
    });
    const total = shown.total(kind);
    const more = this.mores[kind];
    this.groups[kind].total = total;
    more.left = total - rows.length;
    return shown.isRead(kind) && more.left > 0 ? [...rows, more] : rows;
  }

  private draw(now: number): Drawn {
    const nodes = [...this.roots, ...[...this.children.values()].flat()];
    return {
      roots: idsOf(this.roots),
      children: new Map([...this.children].map(([kind, children]) => [kind, idsOf(children)])),
      texts: new Map(nodes.map((node) => [node.id, this.drawnText(node, now)])),
    };
  }

  /** What tells a look from another one. Of a row it has the change that the tooltip is made from: to make each would take too long. */
  private drawnText(node: ChangeNode, now: number): string {
    const text = this.textOf(node, now);
    if (!(node instanceof RowNode)) return JSON.stringify(text);
    return JSON.stringify([text.label, text.description, text.spoken, node.row.change?.logId]);
  }

  private compare(before: Drawn): Redraw {
    const { roots, children, texts } = this.drawn;
    if (before.roots !== roots) return 'everything';
    const isNew = ({ id }: ChangeNode): boolean => before.texts.get(id) !== texts.get(id);
    return this.roots.flatMap((root) => {
      if (isNew(root)) return [root];
      if (!(root instanceof GroupNode)) return [];
      const hasOthers = before.children.get(root.kind) !== children.get(root.kind);
      return hasOthers ? [root] : this.childrenOf(root).filter(isNew);
    });
  }
}

function idsOf(nodes: readonly ChangeNode[]): string {
  return JSON.stringify(nodes.map(({ id }) => id));
}
