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
  private tooltip = '';

  constructor(currentShop: CurrentShop) {
    super();
    this.item.name = 'shopMaster';
    this.register(currentShop.onDidChange((condition) => this.draw(condition)));
    this.draw(currentShop.condition);
    this.item.show();
  }

  private draw(condition: Condition): void {
    this.drawItem(statusBarLook(condition, Date.now(), vscode.l10n));
    this.drawTooltip(statusBarTooltip(condition, vscode.l10n));
  }

  private drawItem(look: StatusBarLook): void {
    const drawn = JSON.stringify(look);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const { item } = this;
    item.text = `$(${look.icon}) ${look.text}`;
    item.backgroundColor = backgrounds[look.severity];
    item.command = look.command;
    item.accessibilityInformation = { label: look.label, role: 'button' };
  }

  /** One that is set anew closes where it is open. */
  private drawTooltip(markdown: string): void {
    if (markdown === this.tooltip) return;
    this.tooltip = markdown;
    const tooltip = new vscode.MarkdownString(markdown, true);
    tooltip.isTrusted = { enabledCommands: tooltipCommands };
    this.item.tooltip = tooltip;
  }
}
