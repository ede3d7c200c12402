import * as vscode from 'vscode';
import type { CurrentShop } from '../../currentShop';
import type { Runs } from '../../runs';
import { compareLogIds } from '../../sync/model';
import type { Row } from './changeGroups';
import { productIdOf } from './changeGroups';
import { GroupNode, MoreNode, RowNode } from './changeNodes';
import { readPendingOf } from './changePages';
import { productTitle } from './changeTexts';
import type { PendingChangesView } from './pendingChangesView';

/** Products that a question names. */
const mostNamed = 10;

/** What can be done with the rows of Pending Changes. `node` and `nodes` as VS Code passes them. */
export class ChangeCommands {
  constructor(
    private readonly currentShop: CurrentShop,
    private readonly view: PendingChangesView,
    private readonly runs: Runs,
  ) {}

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
    if (rows.length === 0) return;
    const shop = await this.currentShop.shop();
    if (!(await confirm(discardQuestion(rows), vscode.l10n.t('Discard')))) return;
    const { changeLog } = shop.database;
    const refused = rows.flatMap((row) => (row.kind === 'rejected' ? [row.product.productId] : []));
    const logged = rows.flatMap((row) => (row.kind === 'rejected' ? [] : [row.change.logId]));
    const ofRefused = refused.length === 0 ? [] : await readPendingOf(changeLog, refused, new AbortController().signal);
    await shop.master.discard([...new Set([...logged, ...ofRefused])]);
  }

  /** The deleted products chosen, or all, are not shown any more. */
  async dismissDeleted(node: unknown, nodes: unknown): Promise<void> {
    const rows = this.rowsOf('deleted', node, nodes);
    const shop = await this.currentShop.shop();
    if (rows === undefined && !(await confirm(dismissQuestion(), vscode.l10n.t('Dismiss All')))) return;
    const [newest] = (rows ?? []).flatMap(({ logIds }) => logIds).sort((a, b) => compareLogIds(b, a));
    const keys = rows?.map(({ change }) => change.key);
    await shop.master.dismissDeleted(
      newest === undefined || keys === undefined ? undefined : { keys, through: newest },
    );
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

interface Question {
  readonly message: string;
  readonly detail: string;
}

async function confirm({ message, detail }: Question, yes: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, yes)) === yes;
}

function discardQuestion(rows: readonly Row[]): Question {
  const [first, second] = rows;
  const names = rows.slice(0, mostNamed).map((row) => productTitle(row, vscode.l10n));
  const others = rows.length - names.length;
  const meaning = vscode.l10n.t(
    'It is deleted from ChangeLog and never sent. Digible keeps its old values until the product changes again, or another pending change of it is sent.',
  );
  if (first !== undefined && second === undefined) {
    const [name = ''] = names;
    const message =
      first.kind === 'rejected'
        ? vscode.l10n.t('Discard all pending changes of {0}?', name)
        : vscode.l10n.t('Discard the change of {0}?', name);
    return { message, detail: meaning };
  }
  const list = others > 0 ? [...names, vscode.l10n.t('and {0} more', others)] : names;
  const message = vscode.l10n.t('Discard the changes of these {0} rows?', rows.length);
  return { message, detail: `${list.join('\n')}\n\n${meaning}` };
}

function dismissQuestion(): Question {
  return {
    message: vscode.l10n.t('Dismiss all deleted products?'),
    detail: vscode.l10n.t(
      'They are no longer shown here. Digible still has them, as it has no call that deletes a product.',
    ),
  };
}
