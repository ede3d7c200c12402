import * as vscode from 'vscode';
import type { CurrentShop } from '../../currentShop';
import { DisposableOwner } from '../../dispose';
import { ShopError } from '../../sync/errors';
import type { VerifyReport } from '../../sync/model';
import { withCancellableProgress } from '../cancellableProgress';
import { JoinedWork } from '../joinedWork';
import type { Notifications } from '../notifications';
import { verifyText } from './verifyText';
import { hasDetails, verifyCutShortNotice, verifyNotice } from './verifyWords';

const scheme = 'shopmaster-verify';

/** Verify Catalogue and Queue Differences, with what they tell: a notification, and a read-only document that lists the differences. */
export class VerifyCommands extends DisposableOwner implements vscode.TextDocumentContentProvider {
  private readonly changeEmitter = this.register(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.changeEmitter.event;
  private readonly uri: vscode.Uri;
  /** A window that is reloaded shows the document again, and asks for its text. */
  private text = vscode.l10n.t('Choose Verify Catalogue to look anew.');
  private readonly verifies = new JoinedWork<'look' | 'queue'>();

  constructor(
    private readonly currentShop: CurrentShop,
    private readonly notifications: Notifications,
  ) {
    super();
    this.uri = vscode.Uri.from({ scheme, path: `${vscode.l10n.t('Verify Catalogue')}.txt` });
    this.register(vscode.workspace.registerTextDocumentContentProvider(scheme, this));
  }

  provideTextDocumentContent(): string {
    return this.text;
  }

  /** Compares the product table with what was last confirmed. Rejects with a ShopError. Joins another one that is under way. */
  verify(): Promise<void> {
    return this.verifies.run('look', () => this.run(false));
  }

  /** As `verify`, and writes what it finds to ChangeLog; comes after a verify that does not. */
  queueDifferences(): Promise<void> {
    return this.verifies.run('queue', () => this.run(true));
  }

  private async run(queue: boolean): Promise<void> {
    const { master } = await this.currentShop.shop();
    const cancel = new AbortController();
    let report: VerifyReport;
    try {
      report = await withCancellableProgress({
        title: vscode.l10n.t('Verifying the catalogue'),
        shownAfterMs: 0,
        cancel,
        work: (signal, onProgress) => master.verify({ queue, signal, onProgress }),
      });
    } catch (failure) {
      if (!this.isCutShort(failure, cancel.signal)) throw failure;
      this.notifications.tell(verifyCutShortNotice(vscode.l10n));
      return;
    }
    this.notifications.tell(verifyNotice(report, vscode.l10n));
    if (hasDetails(report)) await this.show(report);
  }

  private async show(report: VerifyReport): Promise<void> {
    this.text = verifyText(report, Date.now(), vscode.l10n);
    this.changeEmitter.fire(this.uri);
    const document = await vscode.workspace.openTextDocument(this.uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  /** Nobody cancelled it: the shop was closed, to be opened with other settings or for work on its database. */
  private isCutShort(failure: unknown, cancel: AbortSignal): boolean {
    return failure instanceof ShopError && failure.code === 'cancelled' && !cancel.aborted && !this.isDisposed;
  }
}
