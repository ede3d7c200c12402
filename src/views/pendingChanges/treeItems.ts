import * as vscode from 'vscode';
import type { CommandId } from '../../commands';
import type { GroupKind } from './changeGroups';
import { GroupNode, MoreNode, RowNode, type ChangeNode } from './changeNodes';
import type { NodeText } from './changeTexts';

/** Icons and colours as VS Code's own source control has them. */
const looks: Readonly<Record<GroupKind, { readonly icon: string; readonly color: string }>> = {
  new: { icon: 'diff-added', color: 'gitDecoration.addedResourceForeground' },
  changed: { icon: 'diff-modified', color: 'gitDecoration.modifiedResourceForeground' },
  rejected: { icon: 'error', color: 'list.errorForeground' },
  deleted: { icon: 'diff-removed', color: 'gitDecoration.deletedResourceForeground' },
};

/** How VS Code shows a node that says `text`; a row's tooltip is added when it is asked for, as VS Code would read each at once. */
export function treeItemOf(node: ChangeNode, text: NodeText): vscode.TreeItem {
  const item = new vscode.TreeItem(text.label);
  item.id = node.id;
  item.description = text.description;
  item.accessibilityInformation = { label: text.spoken };
  if (!(node instanceof RowNode)) addTooltip(item, text);
  if (node instanceof GroupNode) {
    item.contextValue = `group.${node.kind}`;
    item.iconPath = iconOf(node.kind);
    item.collapsibleState = vscode.TreeItemCollapsibleState.Expanded;
  } else if (node instanceof RowNode) {
    item.contextValue = node.row.kind;
    item.iconPath = iconOf(node.row.kind);
  } else if (node instanceof MoreNode) {
    item.contextValue = 'more';
    item.iconPath = new vscode.ThemeIcon('ellipsis');
    item.command = commandOf('shopmaster.showMore', text.label, node);
  } else {
    item.contextValue = 'repair';
    item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
    item.command = commandOf('shopmaster.repairCapture', text.label);
  }
  return item;
}

export function addTooltip(item: vscode.TreeItem, { tooltip }: NodeText): vscode.TreeItem {
  if (tooltip !== '') item.tooltip = new vscode.MarkdownString(tooltip);
  return item;
}

function iconOf(kind: GroupKind): vscode.ThemeIcon {
  const { icon, color } = looks[kind];
  return new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
}

function commandOf(command: CommandId, title: string, ...args: readonly ChangeNode[]): vscode.Command {
  return { command, title, arguments: [...args] };
}
