import * as vscode from 'vscode';
import { ofSqlServerAlone, withShopAside } from './shopAside';
import { ShopError, toError } from './sync/errors';
import type { Log } from './sync/ports';
import type { Secrets, Settings } from './sync/settings';

/** `detail`: a sentence for people. */
export type TestOutcome =
  { readonly ok: true; readonly detail: string } | { readonly ok: false; readonly error: ShopError };

/** Each side on its own. */
export interface ConnectionTestResult {
  readonly sqlServer: TestOutcome;
  readonly digible: TestOutcome;
}

/**
 * Test Connection, with any settings and secrets, stored or not. Never rejects but for the signal's reason.
 * @param onOutcome told of each side as it comes in
 */
export async function testConnections(
  settings: Settings,
  secrets: Secrets,
  log: Log,
  signal: AbortSignal,
  onOutcome: (outcomes: Partial<ConnectionTestResult>) => void = () => undefined,
): Promise<ConnectionTestResult> {
  const tell = async (side: keyof ConnectionTestResult, test: () => Promise<string>): Promise<TestOutcome> => {
    const outcome = await outcomeOf(signal, test);
    onOutcome({ [side]: outcome });
    return outcome;
  };
  const [sqlServer, digible] = await Promise.all([
    tell('sqlServer', () => testSqlServer(settings, secrets, log, signal)),
    tell('digible', () => testDigible(settings, secrets, log, signal)),
  ]);
  return { sqlServer, digible };
}

async function testSqlServer(settings: Settings, secrets: Secrets, log: Log, signal: AbortSignal): Promise<string> {
  if (settings.sqlServer.authentication === 'password' && secrets.sqlPassword === '')
    throw missing(vscode.l10n.t('The password of the SQL Server login is missing.'));
  const version = await withShopAside(ofSqlServerAlone(settings), secrets, log, (shop) => shop.testSqlServer(signal));
  return vscode.l10n.t('SQL Server {0} answers.', version);
}

async function testDigible(settings: Settings, secrets: Secrets, log: Log, signal: AbortSignal): Promise<string> {
  if (settings.digible.email.trim() === '') throw missing(vscode.l10n.t('The email address of Digible is missing.'));
  if (secrets.digiblePassword === '') throw missing(vscode.l10n.t('The password of Digible is missing.'));
  await withShopAside(settings, secrets, log, (shop) => shop.testDigible(signal));
  return vscode.l10n.t('Digible has signed in {0}.', settings.digible.email);
}

function missing(message: string): ShopError {
  return new ShopError('settings-invalid', message, vscode.l10n.t('Fill it in.'), { remedy: 'configure' });
}

async function outcomeOf(signal: AbortSignal, test: () => Promise<string>): Promise<TestOutcome> {
  try {
    return { ok: true, detail: await test() };
  } catch (caught) {
    signal.throwIfAborted();
    const error = toError(caught);
    if (error instanceof ShopError) return { ok: false, error };
    const message = vscode.l10n.t('The test itself failed: {0}', error.message);
    const hint = vscode.l10n.t('Try it again; the log has more.');
    return { ok: false, error: new ShopError('internal', message, hint, { cause: error }) };
  }
}
