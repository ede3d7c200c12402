import * as vscode from 'vscode';
import type { CurrentShop } from './currentShop';
import type { ShopSecrets } from './settings/shopSecrets';
import { autoStart } from './settings/shopSettings';
import { ofSqlServerAlone, withShopAside } from './shopAside';
import { ShopError, toError } from './sync/errors';
import type { Log } from './sync/ports';
import type { Settings } from './sync/settings';
import type { RemoveReport } from './sync/sqlserver/remove';
import { withCancellableProgress } from './views/cancellableProgress';

type Choice = 'triggers' | 'triggers and ChangeLog' | 'script';

interface Parts {
  readonly currentShop: CurrentShop;
  readonly secrets: ShopSecrets;
  readonly log: Log;
}

/** A look that takes longer is shown, ms. */
const shownAfterMs = 500;

/** What another login, a database administrator's for instance, may cure by running the script. */
const scriptHelps: ReadonlySet<string> = new Set([
  'triggers-not-permitted',
  'triggers-not-visible',
  'sql-permission-denied',
]);

/** Remove from Database: takes triggers, and ChangeLog if the user says so, out of the database, or shows the T-SQL that does. */
export async function removeFromDatabase(parts: Parts): Promise<void> {
  const { currentShop, log } = parts;
  const settings = await currentShop.completeSettings();
  const choice = await ask(settings, await pendingLine(currentShop));
  if (choice === null) return;
  if (choice === 'script') {
    await showScript(settings, log);
    return;
  }
  try {
    await tellReport(await removeApart(parts, settings, choice === 'triggers and ChangeLog'));
  } catch (caught) {
    if (!(caught instanceof ShopError && scriptHelps.has(caught.code))) throw caught;
    await offerScript(settings, caught, log);
  }
}

async function pendingLine(currentShop: CurrentShop): Promise<string> {
  try {
    const { counts } = await withCancellableProgress({
      title: vscode.l10n.t('Counting pending changes'),
      shownAfterMs,
      work: async (signal) => (await currentShop.shop()).lookAtCapture(signal),
    });
    return vscode.l10n.t('Pending changes in ChangeLog, not sent to Digible yet: {0}.', counts.pending);
  } catch (caught) {
    const { message } = toError(caught);
    return vscode.l10n.t('How many changes are pending in ChangeLog is not known: {0}', message);
  }
}

async function ask({ sqlServer }: Settings, pending: string): Promise<Choice | null> {
  const question = vscode.l10n.t('Remove shopMaster from the database {0}?', sqlServer.database);
  const detail = [
    vscode.l10n.t('Syncing stops, and changes of {0} are no longer logged.', sqlServer.table),
    pending,
    vscode.l10n.t('With ChangeLog go all changes in it: they are lost and never sent.'),
    vscode.l10n.t('Your own tables and programs stay as they are.'),
  ];
  const choices: readonly (readonly [string, Choice])[] = [
    [vscode.l10n.t('Remove Triggers'), 'triggers'],
    [vscode.l10n.t('Remove Triggers and ChangeLog'), 'triggers and ChangeLog'],
    [vscode.l10n.t('Show T-SQL Script'), 'script'],
  ];
  const options = { modal: true, detail: detail.join('\n') };
  const chosen = await vscode.window.showWarningMessage(question, options, ...choices.map(([title]) => title));
  return choices.find(([title]) => title === chosen)?.[1] ?? null;
}

/** What runs is ended between two requests, and nothing starts by itself afterwards; where it fails, things go on as before. */
async function removeApart(
  { currentShop, secrets, log }: Parts,
  settings: Settings,
  dropLog: boolean,
): Promise<RemoveReport> {
  // Where a password is missing it is said here.
  await currentShop.shop();
  const wasScheduled = currentShop.condition.kind === 'ready' && currentShop.condition.engine.scheduled;
  const stopped = currentShop.stop();
  try {
    const report = await withCancellableProgress({
      title: vscode.l10n.t('Removing shopMaster from the database'),
      shownAfterMs: 0,
      work: (cancelled) =>
        currentShop.apart(async (closing) =>
          withShopAside(ofSqlServerAlone(settings), await secrets.read(), log, (shop) =>
            shop.remove({ dropLog }, AbortSignal.any([cancelled, closing])),
          ),
        ),
    });
    await stopped;
    return report;
  } catch (failure) {
    await stopped;
    if (wasScheduled) await currentShop.start();
    throw failure;
  }
}

async function tellReport({ table, removed, kept }: RemoveReport): Promise<void> {
  const message =
    removed.length === 0
      ? vscode.l10n.t('There was nothing of shopMaster’s for {0}.', table)
      : vscode.l10n.t('shopMaster is removed from the database; {0} stays as it is.', table);
  const detail = [...removed.map((thing) => vscode.l10n.t('Removed: {0}', thing)), ...kept];
  if (autoStart())
    detail.push(
      vscode.l10n.t('Unless you configure it again, turn off Auto Start: it would sync when VS Code starts.'),
    );
  await vscode.window.showInformationMessage(message, { modal: true, detail: detail.join('\n') });
}

async function offerScript(settings: Settings, { message, hint }: ShopError, log: Log): Promise<void> {
  const show = vscode.l10n.t('Show T-SQL Script');
  const detail = [hint, vscode.l10n.t('Whoever looks after the server can run the script that does it.')].join('\n');
  if ((await vscode.window.showErrorMessage(message, { modal: true, detail }, show)) === show)
    await showScript(settings, log);
}

async function showScript(settings: Settings, log: Log): Promise<void> {
  const choices = [
    { label: vscode.l10n.t('Triggers only'), dropLog: false },
    { label: vscode.l10n.t('Triggers and ChangeLog'), dropLog: true },
  ];
  const title = vscode.l10n.t('What the script removes');
  const choice = await vscode.window.showQuickPick(choices, { title });
  if (choice === undefined) return;
  const noSecrets = { digiblePassword: '', sqlPassword: '' };
  const content = await withShopAside(ofSqlServerAlone(settings), noSecrets, log, (shop) =>
    Promise.resolve(shop.removeScript({ dropLog: choice.dropLog })),
  );
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'sql', content }));
}
