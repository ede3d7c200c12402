import * as vscode from 'vscode';
import type { CurrentShop } from '../../currentShop';
import { DisposableOwner } from '../../dispose';
import { toError } from '../../sync/errors';
import type { HistoryEntry } from '../../sync/historyEntry';
import type { Log } from '../../sync/ports';
import { RunHistory } from '../../sync/runHistory';
import type { RunResult } from '../../sync/runResult';
import { systemClock } from '../../sync/systemClock';
import { localTime } from '../times';
import { detailTexts, runText, type DetailText, type Outcome } from './historyText';
import { RunRecorder } from './runRecorder';

export type HistoryNode =
  | { readonly kind: 'run'; readonly id: string; readonly entry: HistoryEntry }
  | { readonly kind: 'detail'; readonly detail: DetailText };

const outcomeIcons: Readonly<Record<Outcome, vscode.ThemeIcon>> = {
  failed: new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground')),
  rejected: new vscode.ThemeIcon('warning', new vscode.ThemeColor('problemsWarningIcon.foreground')),
  differs: new vscode.ThemeIcon('diff', new vscode.ThemeColor('problemsWarningIcon.foreground')),
  cancelled: new vscode.ThemeIcon('circle-slash'),
  sent: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
  quiet: new vscode.ThemeIcon('circle-outline'),
};

/** The last 50 runs of all windows, newest first. Nothing is read before the view is visible. */
export class HistoryView extends DisposableOwner implements vscode.TreeDataProvider<HistoryNode> {
  private readonly treeEmitter = this.register(new vscode.EventEmitter<undefined>());
  readonly onDidChangeTreeData = this.treeEmitter.event;
  /** Where it is kept, for all windows. */
  readonly directory: string;
  private readonly history: RunHistory;
  private readonly recorder: RunRecorder;
  private watch: { dispose(): void } | null = null;
  readonly view: vscode.TreeView<HistoryNode>;

  constructor(
    folder: vscode.Uri,
    currentShop: CurrentShop,
    private readonly log: Log,
  ) {
    super();
    this.directory = vscode.Uri.joinPath(folder, 'history').fsPath;
    this.history = new RunHistory(this.directory, log);
    this.recorder = new RunRecorder(this.history, systemClock);
    this.view = this.register(vscode.window.createTreeView('shopmaster.history', { treeDataProvider: this }));
    // Goes on after the view, until the shop is closed: the run that the closing of the window ends is recorded as well.
    currentShop.onDidFinishRun((result) => void this.record(result));
    this.register(this.view.onDidChangeVisibility(({ visible }) => this.watchWhile(visible)));
    this.register({ dispose: () => this.watchWhile(false) });
    this.watchWhile(this.view.visible);
  }

  getTreeItem(node: HistoryNode): vscode.TreeItem {
    return node.kind === 'run' ? runItem(node.id, node.entry) : detailItem(node.detail);
  }

  async getChildren(node?: HistoryNode): Promise<HistoryNode[]> {
    if (node?.kind === 'detail') return [];
    if (node !== undefined)
      return detailTexts(node.entry, vscode.l10n).map((detail) => ({ kind: 'detail', detail }) as const);
    try {
      return runNodes(await this.history.list());
    } catch (caught) {
      const error = toError(caught);
      this.log.error('the history could not be read', { error: error.message });
      const label = vscode.l10n.t('The history can’t be read');
      return [{ kind: 'detail', detail: { kind: 'error', label, description: error.message } }];
    }
  }

  /** Resolves when every run that has ended is written down. */
  recorded(): Promise<void> {
    return this.recorder.recorded();
  }

  private async record(result: RunResult): Promise<void> {
    this.recorder.record(result);
    await this.recorder.recorded();
    this.redraw();
  }

  /** Another window's runs show up while somebody looks. */
  private watchWhile(visible: boolean): void {
    this.watch?.dispose();
    this.watch = visible ? this.history.watch(() => this.redraw()) : null;
    if (visible) this.redraw();
  }

  private redraw(): void {
    if (!this.isDisposed) this.treeEmitter.fire(undefined);
  }
}

/** A line keeps its id, and so stays expanded, when further runs join it. */
function runNodes(entries: readonly HistoryEntry[]): HistoryNode[] {
  const seen = new Map<string, number>();
  return entries.map((entry) => {
    const base = `${entry.trigger}-${entry.firstAt}`;
    const before = seen.get(base) ?? 0;
    seen.set(base, before + 1);
    return { kind: 'run', id: `${base}-${before}`, entry };
  });
}

function runItem(id: string, entry: HistoryEntry): vscode.TreeItem {
  const { label, description, outcome } = runText(entry, Date.now(), vscode.l10n);
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = id;
  item.description = description;
  item.iconPath = outcomeIcons[outcome];
  item.tooltip = `${localTime(entry.at)}\n${description}`;
  item.contextValue = 'run';
  item.accessibilityInformation = { label: `${label}, ${description}` };
  return item;
}

function detailItem({ kind, label, description }: DetailText): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.description = description;
  item.tooltip = `${label}\n${description}`;
  if (kind === 'error') item.iconPath = outcomeIcons.failed;
  if (kind === 'rejection') item.iconPath = outcomeIcons.rejected;
  return item;
}
