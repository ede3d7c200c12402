import * as vscode from 'vscode';
import type { CurrentShop } from '../currentShop';
import type { ShopRemoval } from '../shopRemoval';
import { ShopError, toError } from '../sync/errors';
import type { Settings } from '../sync/settings';
import type { RemoveReport } from '../sync/sqlserver/remove';
import { withCancellableProgress } from './cancellableProgress';

type Choice = 'triggers' | 'triggers and ChangeLog' | 'script';

interface Parts {
  readonly currentShop: CurrentShop;
  readonly removal: ShopRemoval;
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
export async function removeFromDatabase({ currentShop, removal }: Parts): Promise<void> {
  const settings = await currentShop.completeSettings();
  const choice = await ask(settings, await pendingLine(removal));
  if (choice === null) return;
  if (choice === 'script') {
    await showScript(settings, removal);
    return;
  }
  let report: RemoveReport;
  try {
    report = await withCancellableProgress({
      title: vscode.l10n.t('Removing shopMaster from the database'),
      shownAfterMs: 0,
      work: (signal) => removal.remove(settings, { dropLog: choice === 'triggers and ChangeLog' }, signal),
    });
  } catch (caught) {
    if (!(caught instanceof ShopError && scriptHelps.has(caught.code))) throw caught;
    await offerScript(settings, caught, removal);
    return;
  }
  await tellReport(report, removal);
}

async function pendingLine(removal: ShopRemoval): Promise<string> {
  try {
    const pending = await withCancellableProgress({
      title: vscode.l10n.t('Counting pending changes'),
      shownAfterMs,
      work: (signal) => removal.countPending(signal),
    });
    return vscode.l10n.t('Pending changes in ChangeLog, not sent to Digible yet: {0}.', pending);
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

async function tellReport({ table, removed, kept }: RemoveReport, removal: ShopRemoval): Promise<void> {
  const message =
    removed.length === 0
      ? vscode.l10n.t('There was nothing of shopMaster’s for {0}.', table)
      : vscode.l10n.t('shopMaster is removed from the database; {0} stays as it is.', table);
  const detail = [
    ...removed.map((thing) => vscode.l10n.t('Removed: {0}', thing)),
    ...kept,
    vscode.l10n.t('The settings name no local table any more: nothing syncs until you configure one again.'),
    vscode.l10n.t('All other settings and the passwords are still on this computer.'),
  ];
  const forget = vscode.l10n.t('Forget Settings and Passwords');
  const options = { modal: true, detail: detail.join('\n') };
  if ((await vscode.window.showInformationMessage(message, options, forget)) !== forget) return;
  await removal.forget();
  void vscode.window.showInformationMessage(vscode.l10n.t('The settings and passwords of shopMaster are forgotten.'));
}

async function offerScript(settings: Settings, { message, hint }: ShopError, removal: ShopRemoval): Promise<void> {
  const show = vscode.l10n.t('Show T-SQL Script');
  const detail = [hint, vscode.l10n.t('Whoever looks after the server can run the script that does it.')].join('\n');
  if ((await vscode.window.showErrorMessage(message, { modal: true, detail }, show)) === show)
    await showScript(settings, removal);
}

async function showScript(settings: Settings, removal: ShopRemoval): Promise<void> {
  const choices = [
    { label: vscode.l10n.t('Triggers only'), dropLog: false },
    { label: vscode.l10n.t('Triggers and ChangeLog'), dropLog: true },
  ];
  const title = vscode.l10n.t('What the script removes');
  const choice = await vscode.window.showQuickPick(choices, { title });
  if (choice === undefined) return;
  const content = await removal.script(settings, { dropLog: choice.dropLog });
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'sql', content }));
}
