import * as vscode from 'vscode';
import type { SetContextKey } from '../../contextKeys';
import type { CurrentShop } from '../../currentShop';
import { DisposableOwner } from '../../dispose';
import type { EngineState } from '../../sync/engineState';
import type { CaptureProblem } from '../../sync/model';
import type { Clock, Log } from '../../sync/ports';
import type { Settings } from '../../sync/settings';
import { systemClock } from '../../sync/systemClock';
import type { GroupKind } from './changeGroups';
import { ChangeNodes, GroupNode, type ChangeNode } from './changeNodes';
import { ChangePoll } from './changePoll';
import { Looks } from './looks';
import { PendingChanges } from './pendingChanges';
import { isUnreachable } from './reachability';
import { addTooltip, treeItemOf } from './treeItems';
import { viewDescription, viewMessage } from './viewMessage';

/**
 * The tree of what ChangeLog holds. It looks by itself only while somebody sees it, and never while a run is under way; its failures
 * show in the view and nowhere else.
 */
export class PendingChangesView extends DisposableOwner implements vscode.TreeDataProvider<ChangeNode> {
  private readonly treeEmitter = this.register(new vscode.EventEmitter<ChangeNode[] | undefined>());
  readonly onDidChangeTreeData = this.treeEmitter.event;
  private readonly nodes = new ChangeNodes(vscode.l10n);
  private readonly changes: PendingChanges;
  private readonly looks: Looks;
  private readonly poll: ChangePoll;
  readonly view: vscode.TreeView<ChangeNode>;
  /** Of the shop that is shown. */
  private settings: Settings | null = null;
  /** What the tree is drawn with. */
  private problems: readonly CaptureProblem[] = [];

  constructor(
    private readonly currentShop: CurrentShop,
    private readonly setContextKey: SetContextKey,
    log: Log,
    private readonly clock: Clock = systemClock,
  ) {
    super();
    const openShop = () => currentShop.shop();
    this.changes = new PendingChanges({ openShop, clock, log, changed: () => this.redraw() });
    this.looks = new Looks({ changes: this.changes, isShown: () => this.view.visible });
    this.poll = this.register(new ChangePoll(clock, () => this.lookByItself()));
    this.register({ dispose: () => this.changes.reset() });
    this.view = this.register(
      vscode.window.createTreeView('shopmaster.pendingChanges', { treeDataProvider: this, canSelectMany: true }),
    );
    this.register(this.view.onDidChangeVisibility(() => this.watch()));
    this.register(this.view.onDidExpandElement(({ element }) => void this.expand(element)));
    this.register(this.view.onDidCollapseElement(({ element }) => this.collapse(element)));
    this.register(vscode.window.onDidChangeWindowState(() => this.watch()));
    this.register(currentShop.onDidChange(() => this.follow()));
    this.follow();
    this.watch();
  }

  getTreeItem(node: ChangeNode): vscode.TreeItem {
    return treeItemOf(node, this.nodes.textOf(node, this.clock.now()));
  }

  /** VS Code asks for it where the pointer rests. */
  resolveTreeItem(item: vscode.TreeItem, node: ChangeNode): vscode.TreeItem {
    return addTooltip(item, this.nodes.textOf(node, this.clock.now()));
  }

  /** Reads what is not read yet. */
  async getChildren(node?: ChangeNode): Promise<ChangeNode[]> {
    if (node instanceof GroupNode) await this.changes.open(node.kind);
    else if (node === undefined) await this.lookAtFirst();
    return [...this.nodes.childrenOf(node)];
  }

  getParent(node: ChangeNode): ChangeNode | undefined {
    return this.nodes.parentOf(node);
  }

  /** The rows that are selected. */
  get selection(): readonly ChangeNode[] {
    return this.view.selection;
  }

  /** Looks at ChangeLog anew, because the user says so. Failures show in the view. */
  async refresh(): Promise<void> {
    await this.currentShop.settled();
    if (this.currentShop.condition.kind === 'ready') await this.looks.look(true);
  }

  /** One more page of a group. */
  showMore(kind: GroupKind): Promise<void> {
    return this.changes.showMore(kind);
  }

  private async lookAtFirst(): Promise<void> {
    await this.currentShop.settled();
    if (this.currentShop.condition.kind === 'ready' && !this.changes.hasLooked) await this.looks.look(false);
  }

  /** True where the next look need not wait longer. */
  private async lookByItself(): Promise<boolean> {
    if (!this.looks.mayLookByItself) {
      this.redraw();
      return true;
    }
    await this.looks.look(false);
    return this.changes.failure === null;
  }

  private get engine(): EngineState | null {
    const { condition } = this.currentShop;
    return condition.kind === 'ready' ? condition.engine : null;
  }

  private watch(): void {
    const { visible } = this.view;
    const isWatched = visible && vscode.window.state.focused;
    const begins = isWatched && !this.poll.isWatching;
    this.poll.watch(isWatched);
    // The first look is the tree's own, when it asks for its roots.
    if (!this.changes.hasLooked) return;
    if (begins) void this.lookByItself();
    else if (visible) this.looks.catchUp();
  }

  private follow(): void {
    const { engine } = this;
    if (engine === null) {
      this.looks.follow(null);
      this.changes.reset();
      return;
    }
    // Read anew, they are those of another shop than that of these rows.
    const { settings } = this.currentShop;
    if (settings !== this.settings) this.changes.reset();
    this.settings = settings;
    this.looks.follow(engine);
    if (this.problems === engine.captureProblems) this.showAbove();
    else this.redraw();
  }

  private async expand(node: ChangeNode): Promise<void> {
    if (node instanceof GroupNode) await this.changes.open(node.kind);
  }

  private collapse(node: ChangeNode): void {
    if (node instanceof GroupNode) this.changes.close(node.kind);
  }

  private redraw(): void {
    if (this.isDisposed) return;
    this.problems = this.engine?.captureProblems ?? [];
    const redraw = this.nodes.update(this.changes, this.problems, this.clock.now());
    if (redraw === 'everything') this.treeEmitter.fire(undefined);
    else if (redraw.length > 0) this.treeEmitter.fire([...redraw]);
    this.showAbove();
  }

  /** All but the tree itself: cheap, as it is told of every product that a run sends. */
  private showAbove(): void {
    const { engine, changes, view } = this;
    const { failure, hasLooked } = changes;
    const { condition } = this.currentShop;
    const state = { condition, failure, hasLooked, isEmpty: this.nodes.isEmpty };
    const message = viewMessage(state, vscode.l10n) ?? '';
    if (view.message !== message) view.message = message;
    const description = viewDescription(state, this.clock.now(), vscode.l10n) ?? '';
    if (view.description !== description) view.description = description;

    const counts = changes.isGone ? null : (engine?.counts ?? null);
    const pending = counts?.pending ?? 0;
    view.badge = pending === 0 ? undefined : { value: pending, tooltip: pendingText(pending) };
    this.setContextKey('shopmaster.hasRejected', (counts?.rejected ?? 0) > 0);
    this.setContextKey('shopmaster.hasDeleted', (counts?.deleted ?? 0) > 0);
    this.setContextKey('shopmaster.sqlServer', this.reachability);
  }

  private get reachability(): 'unknown' | 'reachable' | 'unreachable' {
    const { failure, hasLooked } = this.changes;
    if (failure !== null) return isUnreachable(failure) ? 'unreachable' : 'unknown';
    return hasLooked ? 'reachable' : 'unknown';
  }
}

function pendingText(pending: number): string {
  return pending === 1 ? vscode.l10n.t('1 pending change') : vscode.l10n.t('{0} pending changes', pending);
}
