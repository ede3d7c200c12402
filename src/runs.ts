import * as vscode from 'vscode';
import type { CurrentShop } from './currentShop';
import { DisposableOwner } from './dispose';
import { cancelled, ShopError } from './sync/errors';
import type { UploadReport } from './sync/model';
import { nothingUploaded } from './sync/runResult';
import type { Shop } from './sync/shop';
import { withCancellableProgress } from './views/cancellableProgress';
import type { Notifications } from './views/notifications';
import type { CureCommand } from './views/remedies';
import { syncCutShortWords, syncedWords, uploadCutShortWords, uploadedWords, type RunWords } from './views/runWords';

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

  /** Whether a sync is under way, or waits for its turn, that was asked for here. */
  get isSyncing(): boolean {
    return this.syncing !== null;
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

  /** As `upload`; what it fails with is shown by a notification as well, unless `isShown` says that whoever asks shows it. */
  async uploadShownBy(isShown: () => boolean): Promise<void> {
    try {
      await this.upload();
    } catch (failure) {
      if (isShown()) this.notifications.wasShown(failure);
      else await this.notifications.showFailure(failure, 'shopmaster.uploadProducts');
      throw failure;
    }
  }

  /** Cancels the upload under way, if there is one; it can be resumed. */
  cancelUpload(): void {
    this.uploadCancel?.abort(cancelled());
  }

  private async sync(): Promise<void> {
    const { master } = await this.currentShop.shopThatCanSend();
    const cancel = new AbortController();
    try {
      const report = await withCancellableProgress({
        title: vscode.l10n.t('Syncing products'),
        shownAfterMs: longSyncMs,
        cancel,
        work: (signal, onProgress) => master.syncNow({ signal, onProgress }),
      });
      this.say(syncedWords(report, vscode.l10n), 'shopmaster.pendingChanges.focus');
    } catch (failure) {
      if (!this.isCutShort(failure, cancel.signal)) throw failure;
      this.say(syncCutShortWords(vscode.l10n), 'shopmaster.pendingChanges.focus');
    }
  }

  private async uploadAll(): Promise<void> {
    for (;;) {
      const shop = await this.currentShop.shopThatCanSend();
      const resume = await this.asksToResume(shop);
      if (resume === undefined) return;
      // Where settings have changed while the question was there, it was about another shop.
      if (shop === (await this.currentShop.shopThatCanSend())) return this.uploadFrom(shop, resume);
    }
  }

  private async uploadFrom({ master }: Shop, resume: boolean): Promise<void> {
    const cancel = new AbortController();
    this.uploadCancel = cancel;
    try {
      const report = await withCancellableProgress({
        title: vscode.l10n.t('Uploading products'),
        shownAfterMs: 0,
        cancel,
        work: (signal, onProgress) => master.upload({ signal, onProgress, resume }),
      });
      this.sayUploaded(report, cancel.signal);
    } catch (failure) {
      if (!this.isCutShort(failure, cancel.signal)) throw failure;
      this.sayUploaded({ ...nothingUploaded, cancelled: true }, cancel.signal);
    } finally {
      this.uploadCancel = null;
    }
  }

  /** Nobody cancelled it: the shop was closed, to be opened with other settings or for work on its database. */
  private isCutShort(failure: unknown, cancel: AbortSignal): boolean {
    return failure instanceof ShopError && failure.code === 'cancelled' && !cancel.aborted && !this.isDisposed;
  }

  private sayUploaded(report: UploadReport, cancel: AbortSignal): void {
    const words =
      report.cancelled && !cancel.aborted
        ? uploadCutShortWords(report, vscode.l10n)
        : uploadedWords(report, vscode.l10n);
    // What an upload rejects is pending only if it changes; the history keeps it.
    this.say(words, 'shopmaster.history.focus');
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
