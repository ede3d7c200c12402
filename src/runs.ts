import * as vscode from 'vscode';
import type { CurrentShop } from './currentShop';
import { DisposableOwner } from './dispose';
import type { UploadReport } from './sync/model';
import type { Shop } from './sync/shop';
import { withCancellableProgress } from './views/cancellableProgress';
import type { Notifications } from './views/notifications';
import type { CureCommand } from './views/remedies';
import { syncedWords, uploadedWords, type RunWords } from './views/runWords';

/** A sync that takes longer than this shows its progress in a notification; the status bar shows it from the beginning. */
const longSyncMs = 3000;
/** How long the status bar says that there was nothing to do. */
const quietWordsMs = 5000;

/** Syncs and uploads that the user asks for, each with its progress and its words at the end. */
export class Runs extends DisposableOwner {
  private syncing: Promise<void> | null = null;
  private uploading: Promise<void> | null = null;
  private uploadCancel: AbortController | null = null;

  constructor(
    private readonly currentShop: CurrentShop,
    private readonly notifications: Notifications,
  ) {
    super();
    this.register({ dispose: () => this.cancelUpload() });
  }

  /** Rejects with a ShopError where the sync failed. A second call joins the sync under way. */
  syncNow(): Promise<void> {
    this.syncing ??= this.sync().finally(() => {
      this.syncing = null;
    });
    return this.syncing;
  }

  /** Rejects with a ShopError where the upload failed. A second call joins the upload under way. */
  upload(): Promise<void> {
    this.uploading ??= this.uploadAll().finally(() => {
      this.uploading = null;
    });
    return this.uploading;
  }

  /** Cancels the upload under way, if there is one; it can be resumed. */
  cancelUpload(): void {
    this.uploadCancel?.abort();
  }

  private async sync(): Promise<void> {
    const { master } = await this.currentShop.shopThatCanSend();
    const report = await withCancellableProgress({
      title: vscode.l10n.t('Syncing products'),
      shownAfterMs: longSyncMs,
      work: (signal, onProgress) => master.syncNow({ signal, onProgress }),
    });
    this.say(syncedWords(report, vscode.l10n), 'shopmaster.pendingChanges.focus');
  }

  private async uploadAll(): Promise<void> {
    const shop = await this.currentShop.shopThatCanSend();
    const resume = await this.asksToResume(shop);
    if (resume === undefined) return;
    const report = await this.uploadFrom(shop, resume);
    // What an upload rejects is pending only if it changes; the history keeps it.
    this.say(uploadedWords(report, vscode.l10n), 'shopmaster.history.focus');
  }

  private async uploadFrom({ master }: Shop, resume: boolean): Promise<UploadReport> {
    const cancel = new AbortController();
    this.uploadCancel = cancel;
    try {
      return await withCancellableProgress({
        title: vscode.l10n.t('Uploading products'),
        shownAfterMs: 0,
        work: (signal, onProgress) =>
          master.upload({ signal: AbortSignal.any([signal, cancel.signal]), onProgress, resume }),
      });
    } finally {
      this.uploadCancel = null;
    }
  }

  /** Whether to go on where the last upload ended; undefined where the user would rather not upload. */
  private async asksToResume({ master }: Shop): Promise<boolean | undefined> {
    const checkpoint = await master.uploadCheckpoint();
    if (checkpoint === null) return false;
    const resume = vscode.l10n.t('Resume');
    const startOver = vscode.l10n.t('Start Over');
    const choice = await vscode.window.showInformationMessage(
      vscode.l10n.t('Resume the last upload?'),
      {
        modal: true,
        detail: vscode.l10n.t(
          'It ended after {0} products, up to {1}. To start over sends all products again, which does no harm.',
          checkpoint.products,
          checkpoint.afterKey,
        ),
      },
      resume,
      startOver,
    );
    return choice === undefined ? undefined : choice === resume;
  }

  /** `where`: what Show leads to. */
  private say({ kind, text }: RunWords, where: CureCommand): void {
    if (kind === 'quiet') {
      vscode.window.setStatusBarMessage(text, quietWordsMs);
      return;
    }
    const show = { kind: 'command', command: where, title: vscode.l10n.t('Show') } as const;
    this.notifications.tell({
      severity: kind === 'rejected' ? 'warning' : 'information',
      text,
      cure: kind === 'rejected' ? show : null,
    });
  }
}
