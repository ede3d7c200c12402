import * as vscode from 'vscode';
import type { SetContextKey } from '../../contextKeys';
import type { CurrentShop } from '../../currentShop';
import { DisposableOwner } from '../../dispose';
import type { Log } from '../../sync/ports';

/** The tree of what ChangeLog holds. */
export class PendingChangesView extends DisposableOwner implements vscode.TreeDataProvider<vscode.TreeItem> {
  readonly view = this.register(
    vscode.window.createTreeView('shopmaster.pendingChanges', { treeDataProvider: this, canSelectMany: true }),
  );

  constructor(
    readonly currentShop: CurrentShop,
    readonly setContextKey: SetContextKey,
    readonly log: Log,
  ) {
    super();
  }

  getTreeItem(node: vscode.TreeItem): vscode.TreeItem {
    return node;
  }

  getChildren(): vscode.TreeItem[] {
    return [];
  }

  /** Looks at ChangeLog anew. Failures show in the view. */
  async refresh(): Promise<void> {
    return Promise.resolve();
  }
}
