import * as vscode from 'vscode';
import type { CurrentShop } from '../../currentShop';
import { DisposableOwner } from '../../dispose';
import type { Log } from '../../sync/ports';

/** The last runs. */
export class HistoryView extends DisposableOwner implements vscode.TreeDataProvider<vscode.TreeItem> {
  readonly view = this.register(vscode.window.createTreeView('shopmaster.history', { treeDataProvider: this }));

  constructor(
    readonly folder: vscode.Uri,
    readonly currentShop: CurrentShop,
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
}
