import * as vscode from 'vscode';
import type { CurrentShop } from '../currentShop';
import { toError } from '../sync/errors';
import type { Log } from '../sync/ports';
import type { ConfigurePlan } from '../sync/sqlserver/configurePlan';
import { withCancellableProgress } from './cancellableProgress';

/** Repair Capture: puts back ChangeLog and triggers that are missing, disabled or altered, after it has shown how. */
export async function repairCapture(currentShop: CurrentShop, log: Log): Promise<void> {
  const plan = await withCancellableProgress({
    title: vscode.l10n.t('Looking at the triggers and ChangeLog'),
    shownAfterMs: 500,
    work: async (signal) => (await currentShop.shop()).planConfigure({}, signal),
  });
  const table = `${plan.table.schema}.${plan.table.name}`;
  if (plan.upToDate) {
    const nothing = vscode.l10n.t(
      'The triggers of {0} and ChangeLog are as they should be: there is nothing to repair.',
      table,
    );
    void vscode.window.showInformationMessage(nothing);
    return;
  }
  if (!(await confirm(table, plan))) return;
  // It may have been opened anew while the question was there.
  const shop = await currentShop.shop();
  await withCancellableProgress({
    title: vscode.l10n.t('Repairing the capture of changes'),
    shownAfterMs: 0,
    work: (signal) => shop.repair({}, signal),
  });
  void vscode.window.showInformationMessage(vscode.l10n.t('Changes of {0} are logged again.', table));
  await shop.master.refresh().catch((caught: unknown) => {
    log.debug('the repaired capture could not be looked at', { error: toError(caught).message });
  });
}

async function confirm(table: string, { steps, warnings }: ConfigurePlan): Promise<boolean> {
  const detail = [
    ...steps.map(({ description }) => `• ${description}`),
    ...(warnings.length > 0 ? ['', ...warnings] : []),
  ];
  const repair = vscode.l10n.t('Repair');
  const question = vscode.l10n.t('Repair the capture of changes of {0}?', table);
  return (
    (await vscode.window.showWarningMessage(question, { modal: true, detail: detail.join('\n') }, repair)) === repair
  );
}
