import * as vscode from 'vscode';
import type { CurrentShop } from '../currentShop';
import { DisposableOwner } from '../dispose';

/** The one item in the status bar, left: last sync and pending changes, or what is wrong. */
export class StatusBar extends DisposableOwner {
  readonly item = this.register(
    vscode.window.createStatusBarItem('shopmaster.status', vscode.StatusBarAlignment.Left, 0),
  );

  constructor(readonly currentShop: CurrentShop) {
    super();
    this.item.name = 'shopMaster';
    this.item.text = 'shopMaster';
    this.item.show();
  }
}
