import * as vscode from 'vscode';
import type { CommandId } from '../commands';
import type { Condition } from '../condition';
import type { CurrentShop } from '../currentShop';
import { DisposableOwner } from '../dispose';
import { readForm, writeSettings } from '../settings/shopSettings';
import { ShopError, toError } from '../sync/errors';
import type { Rejection } from '../sync/model';
import type { Log } from '../sync/ports';
import type { RunResult } from '../sync/runResult';
import { causeChain, failureNotice, type Notice } from './failureNotice';
import { rejectedNotice } from './rejectedNotice';
import type { Cure } from './remedies';
import { TroubleWatch, type Tidings } from './troubleWatch';

/** What pops up: rare, once, with at most one button. */
export class Notifications extends DisposableOwner {
  private readonly watch = new TroubleWatch();
  /** Errors with a button stay until they are answered: the same one is not shown above itself. */
  private readonly unanswered = new Set<string>();
  private isSyncing = false;
  /** ProductIDs that were rejected when the sync under way began; null where they can't be known. */
  private rejectedBefore: Promise<ReadonlySet<string> | null> = Promise.resolve(null);

  constructor(
    private readonly currentShop: CurrentShop,
    private readonly log: Log,
  ) {
    super();
    this.register(currentShop.onDidChange((condition) => this.conditionChanged(condition)));
    this.register(currentShop.onDidFinishRun((result) => this.runFinished(result)));
  }

  /** Shows what a command failed with, and does not wait for an answer. `failed`: the command, to be tried again. */
  showFailure(failure: unknown, failed: CommandId = 'shopmaster.syncNow'): Promise<void> {
    const error = toError(failure);
    const chain = causeChain(error).join(' < ');
    if (error instanceof ShopError && error.code === 'cancelled') this.log.info('a command was cancelled', { failed });
    else this.log.error('a command failed', { failed, error: chain });
    const notice = failureNotice(error, failed, vscode.l10n);
    if (notice !== null) this.tell(notice);
    this.wasShown(error);
    return Promise.resolve();
  }

  /** Somebody else has shown a failure to the user: it is not told once more. */
  wasShown(failure: unknown): void {
    if (failure instanceof ShopError) this.watch.shown(failure);
  }

  /** Shows a message, and does not wait for an answer. */
  tell({ severity, text, cure }: Notice): void {
    const key = severity === 'error' && cure !== null ? text : null;
    if (key !== null && this.unanswered.has(key)) return;
    if (key !== null) this.unanswered.add(key);
    this.ask(severity, text, cure)
      .catch((caught: unknown) => this.log.error('a notification failed', { error: toError(caught).message }))
      .finally(() => {
        if (key !== null) this.unanswered.delete(key);
      });
  }

  private async ask(severity: Notice['severity'], text: string, cure: Cure | null): Promise<void> {
    const choice = await show(severity, text, cure === null ? [] : [cure.title]);
    if (choice === undefined || cure === null) return;
    if (cure.kind === 'command') await vscode.commands.executeCommand(cure.command);
    else await this.trustCertificate(cure.failed);
  }

  /** Tries again what failed for want of trust. */
  private async trustCertificate(failed: CommandId): Promise<void> {
    const trust = vscode.l10n.t('Trust Certificate');
    const choice = await vscode.window.showWarningMessage(
      vscode.l10n.t('Trust the certificate of SQL Server?'),
      {
        modal: true,
        detail: vscode.l10n.t(
          'No authority that this computer knows has signed it. The connection is encrypted all the same, but whoever gets between this computer and the server can pretend to be the server, and so learn the password and the products. Trust it only for a server on your own network.',
        ),
      },
      trust,
    );
    if (choice !== trust) return;
    try {
      const settings = readForm();
      await writeSettings({ ...settings, sqlServer: { ...settings.sqlServer, trustServerCertificate: true } });
    } catch (failure) {
      await this.showFailure(failure, failed);
      return;
    }
    await vscode.commands.executeCommand(failed);
  }

  private conditionChanged(condition: Condition): void {
    this.pass(this.watch.conditionChanged(condition));
    const isSyncing = condition.kind === 'ready' && condition.engine.phase === 'syncing';
    if (isSyncing && !this.isSyncing) this.rejectedBefore = this.rejectedNow();
    this.isSyncing = isSyncing;
  }

  private runFinished(result: RunResult): void {
    const { condition } = this.currentShop;
    if (condition.kind === 'ready') this.pass(this.watch.runFinished(result, condition.engine));
    if (result.trigger === 'schedule' && result.report.rejections.length > 0)
      void this.tellRejected(result.report.rejections);
  }

  private async tellRejected(rejections: readonly Rejection[]): Promise<void> {
    const before = await this.rejectedBefore;
    const text = before === null ? null : rejectedNotice(rejections, before, vscode.l10n);
    if (text === null) return;
    const command = 'shopmaster.pendingChanges.focus';
    this.tell({ severity: 'warning', text, cure: { kind: 'command', command, title: vscode.l10n.t('Show') } });
  }

  private async rejectedNow(): Promise<ReadonlySet<string> | null> {
    try {
      const { master } = await this.currentShop.shop();
      return new Set((await master.rejectedProducts()).map(({ productId }) => productId));
    } catch (caught) {
      this.log.debug('the rejected products could not be read', { error: toError(caught).message });
      return null;
    }
  }

  private pass(tidings: Tidings | null): void {
    const notice = tidings === null ? null : noticeOf(tidings);
    if (notice !== null) this.tell(notice);
  }
}

function noticeOf(tidings: Tidings): Notice | null {
  const { l10n } = vscode;
  switch (tidings.kind) {
    case 'failed':
      return failureNotice(tidings.error, 'shopmaster.syncNow', l10n);
    case 'sign in again':
      return {
        severity: 'warning',
        text: l10n.t('The password is not stored on this computer. Sign in again.'),
        cure: { kind: 'command', command: 'shopmaster.configure', title: l10n.t('Configure') },
      };
    case 'capture damaged':
      return {
        severity: 'error',
        text: l10n.t('Changes of the product table may be getting lost: {0}', tidings.problem.message),
        cure: { kind: 'command', command: 'shopmaster.repairCapture', title: l10n.t('Repair Capture') },
      };
    case 'recovered':
      return { severity: 'information', text: l10n.t('shopMaster is in step with Digible again.'), cure: null };
  }
}

function show(severity: Notice['severity'], text: string, titles: readonly string[]): Thenable<string | undefined> {
  switch (severity) {
    case 'information':
      return vscode.window.showInformationMessage(text, ...titles);
    case 'warning':
      return vscode.window.showWarningMessage(text, ...titles);
    case 'error':
      return vscode.window.showErrorMessage(text, ...titles);
  }
}
