import * as vscode from 'vscode';
import type { Condition } from '../condition';
import type { CurrentShop } from '../currentShop';
import { DisposableOwner } from '../dispose';
import { statusBarLook, type StatusBarLook } from './statusBarText';
import { statusBarTooltip, tooltipCommands } from './statusBarTooltip';

const backgrounds: Readonly<Record<StatusBarLook['severity'], vscode.ThemeColor | undefined>> = {
  none: undefined,
  warning: new vscode.ThemeColor('statusBarItem.warningBackground'),
  error: new vscode.ThemeColor('statusBarItem.errorBackground'),
};

/** The one item in the status bar, left: last sync and pending changes, or what is wrong. */
export class StatusBar extends DisposableOwner {
  readonly item = this.register(
    vscode.window.createStatusBarItem('shopmaster.status', vscode.StatusBarAlignment.Left, 0),
  );

  constructor(currentShop: CurrentShop) {
    super();
    this.item.name = 'shopMaster';
    this.register(currentShop.onDidChange((condition) => this.draw(condition)));
    this.draw(currentShop.condition);
    this.item.show();
  }

  private draw(condition: Condition): void {
    const { icon, text, severity, command, label } = statusBarLook(condition, Date.now(), vscode.l10n);
    const tooltip = new vscode.MarkdownString(statusBarTooltip(condition, vscode.l10n), true);
    tooltip.isTrusted = { enabledCommands: tooltipCommands };
    const { item } = this;
    item.text = `$(${icon}) ${text}`;
    item.tooltip = tooltip;
    item.backgroundColor = backgrounds[severity];
    item.command = command;
    item.accessibilityInformation = { label, role: 'button' };
  }
}
