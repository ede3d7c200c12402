import * as vscode from 'vscode';
import type { CurrentShop } from '../../currentShop';
import type { Runs } from '../../runs';
import { ownerOf } from '../../sync/stateFile';
import { ChangeDecisions } from './changeDecisions';
import type { Row } from './changeGroups';
import { productIdOf } from './changeGroups';
import { GroupNode, MoreNode, RowNode } from './changeNodes';
import type { Question } from './changeQuestions';
import type { PendingChangesView } from './pendingChangesView';

/** What can be done with the rows of Pending Changes. `node` and `nodes` as VS Code passes them. */
export class ChangeCommands {
  private readonly decisions: ChangeDecisions;

  constructor(
    private readonly currentShop: CurrentShop,
    private readonly view: PendingChangesView,
    private readonly runs: Runs,
  ) {
    this.decisions = new ChangeDecisions({
      openShop: () => currentShop.shop(),
      shopId: () => (currentShop.settings === null ? null : ownerOf(currentShop.settings).shop),
      confirm,
      tell: (message) => void vscode.window.showInformationMessage(message),
      lookAgain: () => view.refresh(),
      l10n: vscode.l10n,
    });
  }

  async showMore(node: unknown): Promise<void> {
    if (node instanceof MoreNode) await this.view.showMore(node.kind);
  }

  /** The rejected products chosen, or all, are tried at once. */
  async retry(node: unknown, nodes: unknown): Promise<void> {
    const rows = this.rowsOf('rejected', node, nodes);
    const shop = await this.currentShop.shopThatCanSend();
    await shop.master.retryRejected(rows?.map(({ product }) => product.productId));
    await this.runs.syncNow();
  }

  /** The changes chosen are never sent. */
  async discard(node: unknown, nodes: unknown): Promise<void> {
    const rows = this.chosen(node, nodes, this.view.selection).flatMap((chosen) =>
      chosen instanceof RowNode && chosen.row.kind !== 'deleted' ? [chosen.row] : [],
    );
    await this.decisions.discard(rows);
  }

  /** The deleted products chosen, or all, are not shown any more. */
  async dismissDeleted(node: unknown, nodes: unknown): Promise<void> {
    const rows = this.rowsOf('deleted', node, nodes);
    await (rows === undefined ? this.decisions.dismissAll() : this.decisions.dismiss(rows));
  }

  /** One on each line. */
  async copyProductId(node: unknown, nodes: unknown): Promise<void> {
    const rows = this.chosen(node, nodes, this.view.selection).flatMap((chosen) =>
      chosen instanceof RowNode ? [chosen.row] : [],
    );
    const ids = rows.map(productIdOf).filter((id) => id !== null);
    if (ids.length > 0) await vscode.env.clipboard.writeText([...new Set(ids)].join('\n'));
    else if (rows.length > 0)
      void vscode.window.showInformationMessage(vscode.l10n.t('This product has no ProductID.'));
  }

  /** The rows of one kind that were chosen; undefined for all of them: their group, or none of them, was chosen. */
  private rowsOf<Kind extends Row['kind']>(
    kind: Kind,
    node: unknown,
    nodes: unknown,
  ): readonly Extract<Row, { readonly kind: Kind }>[] | undefined {
    const chosen = this.chosen(node, nodes, []);
    const rows = chosen.flatMap((one) => (one instanceof RowNode && isOf(kind, one.row) ? [one.row] : []));
    const isGroup = chosen.some((one) => one instanceof GroupNode && one.kind === kind);
    return isGroup || rows.length === 0 ? undefined : rows;
  }

  /** A button or menu of a row that is not selected is for that row alone. */
  private chosen(node: unknown, nodes: unknown, otherwise: readonly unknown[]): readonly unknown[] {
    const isNone = node === undefined || node === null;
    if (Array.isArray(nodes) && (isNone || nodes.includes(node))) return nodes;
    return isNone ? otherwise : [node];
  }
}

function isOf<Kind extends Row['kind']>(kind: Kind, row: Row): row is Extract<Row, { readonly kind: Kind }> {
  return row.kind === kind;
}

async function confirm({ message, detail, yes }: Question): Promise<boolean> {
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, yes)) === yes;
}
