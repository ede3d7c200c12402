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

  private drawn = '';

  constructor(currentShop: CurrentShop) {
    super();
    this.item.name = 'shopMaster';
    this.register(currentShop.onDidChange((condition) => this.draw(condition)));
    this.draw(currentShop.condition);
    this.item.show();
  }

  private draw(condition: Condition): void {
    const look = statusBarLook(condition, Date.now(), vscode.l10n);
    const markdown = statusBarTooltip(condition, vscode.l10n);
    // Whatever is set anew closes a tooltip that is open.
    const drawn = JSON.stringify([look, markdown]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const tooltip = new vscode.MarkdownString(markdown, true);
    tooltip.isTrusted = { enabledCommands: tooltipCommands };
    const { item } = this;
    item.text = `$(${look.icon}) ${look.text}`;
    item.tooltip = tooltip;
    item.backgroundColor = backgrounds[look.severity];
    item.command = look.command;
    item.accessibilityInformation = { label: look.label, role: 'button' };
  }
}
