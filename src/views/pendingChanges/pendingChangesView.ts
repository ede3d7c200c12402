import * as vscode from 'vscode';
import type { Condition } from '../../condition';
import type { SetContextKey } from '../../contextKeys';
import type { CurrentShop } from '../../currentShop';
import { DisposableOwner } from '../../dispose';
import type { EngineState } from '../../sync/engineState';
import type { CaptureProblem } from '../../sync/model';
import type { Clock, Log } from '../../sync/ports';
import type { Settings } from '../../sync/settings';
import { systemClock } from '../../sync/systemClock';
import { isSameCount, type GroupKind } from './changeGroups';
import { ChangeNodes, GroupNode, type ChangeNode } from './changeNodes';
import { ChangePoll, isRunning, mayLookByItself } from './changePoll';
import { PendingChanges } from './pendingChanges';
import { isUnreachable } from './reachability';
import { treeItemOf } from './treeItems';
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
  private readonly poll: ChangePoll;
  readonly view: vscode.TreeView<ChangeNode>;
  private wasRunning = false;
  /** The rows may be others by now, whatever the counts say. */
  private isStale = false;
  private isLooking = false;
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
    this.poll = this.register(new ChangePoll(clock, () => this.lookByItself()));
    this.register({ dispose: () => this.changes.reset() });
    this.view = this.register(
      vscode.window.createTreeView('shopmaster.pendingChanges', { treeDataProvider: this, canSelectMany: true }),
    );
    this.register(this.view.onDidChangeVisibility(() => this.watch()));
    this.register(this.view.onDidExpandElement(({ element }) => void this.expand(element)));
    this.register(this.view.onDidCollapseElement(({ element }) => this.collapse(element)));
    this.register(vscode.window.onDidChangeWindowState(() => this.watch()));
    this.register(currentShop.onDidChange((condition) => this.follow(condition)));
    this.follow(currentShop.condition);
    this.watch();
  }

  getTreeItem(node: ChangeNode): vscode.TreeItem {
    return treeItemOf(node, this.nodes.textOf(node, this.clock.now()));
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
    if (this.currentShop.condition.kind === 'ready') await this.look(true);
  }

  /** One more page of a group. */
  showMore(kind: GroupKind): Promise<void> {
    return this.changes.showMore(kind);
  }

  private async lookAtFirst(): Promise<void> {
    await this.currentShop.settled();
    if (this.currentShop.condition.kind === 'ready' && !this.changes.hasLooked) await this.look(false);
  }

  private async look(anew: boolean): Promise<void> {
    this.isStale = false;
    this.isLooking = true;
    try {
      await this.changes.look(anew);
    } finally {
      this.isLooking = false;
    }
  }

  /** True where the next look need not wait longer. */
  private async lookByItself(): Promise<boolean> {
    if (!this.mayLookByItself) {
      this.redraw();
      return true;
    }
    await this.look(this.isStale);
    return this.changes.failure === null;
  }

  private get engine(): EngineState | null {
    const { condition } = this.currentShop;
    return condition.kind === 'ready' ? condition.engine : null;
  }

  private get mayLookByItself(): boolean {
    const { engine } = this;
    return engine !== null && mayLookByItself(engine, this.changes.failure);
  }

  private watch(): void {
    const isWatched = this.view.visible && vscode.window.state.focused;
    if (isWatched === this.poll.isWatching) return;
    this.poll.watch(isWatched);
    // The first look is the tree's own, when it asks for its roots.
    if (isWatched && this.changes.hasLooked) void this.lookByItself();
  }

  private follow(condition: Condition): void {
    const { engine } = this;
    if (condition.kind !== 'ready' || engine === null) {
      this.wasRunning = false;
      this.changes.reset();
      return;
    }
    // Read anew, they are those of another shop than that of these rows.
    const { settings } = this.currentShop;
    if (settings !== this.settings) this.changes.reset();
    this.settings = settings;
    const running = isRunning(engine);
    if (this.wasRunning && !running) this.isStale = true;
    this.wasRunning = running;
    const { counts, hasLooked } = this.changes;
    const isOther = engine.counts !== null && counts !== null && !isSameCount(engine.counts, counts);
    // A look under way tells of its own counts here.
    if (isOther && !this.isLooking && !running) this.isStale = true;
    const isDue = this.isStale || (!hasLooked && !this.isLooking);
    if (isDue && this.view.visible && this.mayLookByItself) void this.look(true);
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
