import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { ShopError, toError } from '../sync/errors';
import type { Settings } from '../sync/settings';
import { largestEnvFile, readDesktopEnv, type DesktopEnvReading, type DesktopSettings } from '../settings/desktopEnv';
import type { Saving } from '../settings/saveTogether';
import type { ShopSecrets } from '../settings/shopSecrets';
import { isStored, readForm } from '../settings/shopSettings';

/** Import Settings from the Desktop Program: reads its `.env`, shows what it found, stores it, offers to delete the file. */
export class DesktopImport {
  private underWay: Promise<boolean> | null = null;

  constructor(
    private readonly secrets: Pick<ShopSecrets, 'areSet'>,
    private readonly save: (saving: Saving) => Promise<void>,
  ) {}

  /** True when something was imported. Rejects with a ShopError. A second call joins the import under way. */
  run(): Promise<boolean> {
    this.underWay ??= this.import().finally(() => {
      this.underWay = null;
    });
    return this.underWay;
  }

  private async import(): Promise<boolean> {
    const file = await chooseFile();
    if (file === undefined) return false;
    const found = await readFile(file);
    const before = readForm();
    const after = merge(before, found);
    const password = after.sqlServer.authentication === 'password' ? (found.password ?? '') : '';
    const replaces = (await this.secrets.areSet()).sqlPassword && password !== '';
    if (!(await confirm(found, before, password !== '', replaces))) return false;
    await this.save({ settings: after, secrets: { sqlPassword: password } });
    await offerToDelete(file, found);
    return true;
  }
}

async function chooseFile(): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
  const files = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Choose the desktop program’s .env file'),
    openLabel: vscode.l10n.t('Import'),
    canSelectMany: false,
    defaultUri: folder?.uri ?? vscode.Uri.file(homedir()),
  });
  return files?.[0];
}

async function readFile(file: vscode.Uri): Promise<DesktopSettings> {
  const reading = await read(file);
  if (reading.ok) return reading.value;
  const hint = vscode.l10n.t('Choose the file .env in the folder of the desktop program.');
  throw new ShopError('settings-invalid', refusal(file, reading.reason), hint);
}

async function read(file: vscode.Uri): Promise<DesktopEnvReading> {
  try {
    const { size } = await vscode.workspace.fs.stat(file);
    if (size > largestEnvFile) return { ok: false, reason: 'too large' };
    return readDesktopEnv(await vscode.workspace.fs.readFile(file));
  } catch (caught) {
    const cause = toError(caught);
    const message = vscode.l10n.t('{0} can’t be read: {1}', file.fsPath, cause.message);
    throw new ShopError('settings-invalid', message, vscode.l10n.t('Choose another file.'), { cause });
  }
}

function refusal({ fsPath }: vscode.Uri, reason: Exclude<DesktopEnvReading, { ok: true }>['reason']): string {
  switch (reason) {
    case 'empty':
      return vscode.l10n.t('{0} is empty.', fsPath);
    case 'too large':
      return vscode.l10n.t('{0} is too large for settings of the desktop program.', fsPath);
    case 'not text':
      return vscode.l10n.t('{0} is not a text file.', fsPath);
    case 'other keys':
      return vscode.l10n.t('{0} has none of the desktop program’s settings in it.', fsPath);
  }
}

/** What the file doesn't say stays as it is. */
function merge(before: Settings, found: DesktopSettings): Settings {
  const { sqlServer } = before;
  return {
    ...before,
    sqlServer: {
      ...sqlServer,
      server: found.server ?? sqlServer.server,
      database: found.database ?? sqlServer.database,
      table: found.table ?? sqlServer.table,
      authentication: found.authentication ?? sqlServer.authentication,
      username: found.username ?? sqlServer.username,
    },
  };
}

async function confirm(
  found: DesktopSettings,
  before: Settings,
  hasPassword: boolean,
  replacesPassword: boolean,
): Promise<boolean> {
  const { sqlServer } = before;
  const lines = [
    settingLine(vscode.l10n.t('Server Name'), found.server, 'server', sqlServer.server),
    settingLine(vscode.l10n.t('Database Name'), found.database, 'database', sqlServer.database),
    settingLine(vscode.l10n.t('Local Table Name'), found.table, 'table', sqlServer.table),
    settingLine(
      vscode.l10n.t('Security'),
      found.authentication && securityName(found.authentication),
      'authentication',
      securityName(sqlServer.authentication),
    ),
    settingLine(vscode.l10n.t('Username'), found.username, 'username', sqlServer.username),
  ].filter((line) => line !== null);
  const replaces = replacesPassword || lines.some((line) => line.replaces);
  const detail = lines.map((line) => line.text);
  if (hasPassword && !replacesPassword) detail.push(vscode.l10n.t('Password: is set'));
  if (replacesPassword) detail.push(vscode.l10n.t('Password: is set (takes the place of the stored one)'));
  if (found.unreadableLines.length > 0)
    detail.push(vscode.l10n.t('Lines that can’t be read are left out: {0}', found.unreadableLines.join(', ')));
  const question = replaces
    ? vscode.l10n.t('Replace the present settings by those of the desktop program?')
    : vscode.l10n.t('Import these settings of the desktop program?');
  const yes = replaces ? vscode.l10n.t('Replace') : vscode.l10n.t('Import');
  const options = { modal: true, detail: detail.join('\n') };
  return (await vscode.window.showInformationMessage(question, options, yes)) === yes;
}

/** Null where the file does not say it. */
function settingLine(
  name: string,
  found: string | null,
  key: keyof Settings['sqlServer'],
  before: string,
): { readonly text: string; readonly replaces: boolean } | null {
  if (found === null) return null;
  const replaces = before !== found && isStored(`sqlServer.${key}`);
  const text = replaces
    ? vscode.l10n.t('{0}: {1} (until now: {2})', name, found, before)
    : vscode.l10n.t('{0}: {1}', name, found);
  return { text, replaces };
}

function securityName(authentication: 'password' | 'windows'): string {
  return authentication === 'windows' ? vscode.l10n.t('Windows Authentication') : vscode.l10n.t('Password');
}

/** Never without being asked: the desktop program may still be in use. */
async function offerToDelete(file: vscode.Uri, { password, hasAccessToken }: DesktopSettings): Promise<void> {
  const detail = [
    vscode.l10n.t('Next, enter your Digible email and password in the settings, and choose Configure.'),
    vscode.l10n.t('They are not in the file; its session is not imported, as shopMaster signs in itself.'),
  ];
  const isSecret = password !== null || hasAccessToken;
  if (isSecret)
    detail.push('', vscode.l10n.t('In {0} passwords lie in plain text, for everybody to read.', file.fsPath));
  const toTrash: vscode.MessageItem = { title: vscode.l10n.t('Move the File to the Trash') };
  const message = vscode.l10n.t('The settings of the desktop program are imported.');
  const keep: vscode.MessageItem = { title: vscode.l10n.t('Keep the File'), isCloseAffordance: true };
  const options = { modal: true, detail: detail.join('\n') };
  const choice = await vscode.window.showInformationMessage(message, options, toTrash, keep);
  if (choice !== toTrash) return;
  try {
    await vscode.workspace.fs.delete(file, { useTrash: true });
  } catch (caught) {
    await offerToDeleteForGood(file, toError(caught));
  }
}

/** Not every place has a trash: a network drive, a server. */
async function offerToDeleteForGood(file: vscode.Uri, { message: reason }: Error): Promise<void> {
  const message = vscode.l10n.t('{0} can’t be moved to the trash. Delete it permanently?', file.fsPath);
  const permanently = vscode.l10n.t('Delete Permanently');
  if ((await vscode.window.showWarningMessage(message, { modal: true, detail: reason }, permanently)) !== permanently)
    return;
  try {
    await vscode.workspace.fs.delete(file);
  } catch (caught) {
    // What was imported stays so.
    const failed = vscode.l10n.t('{0} can’t be deleted: {1}', file.fsPath, toError(caught).message);
    await vscode.window.showErrorMessage(failed, { modal: true });
  }
}
