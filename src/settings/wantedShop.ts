/** The shop that settings and secrets ask for, or why they don't. */
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { ShopError } from '../sync/errors';
import type { Secrets, Settings } from '../sync/settings';
import type { SecretName, ShopSecrets } from './shopSecrets';
import { autoStart, onDidChangeSettings, readSettings } from './shopSettings';

/** What a shop is opened with. */
export interface ShopPlan {
  readonly settings: Settings;
  readonly secrets: Secrets;
}

export type WantedShop =
  | { readonly kind: 'ready'; readonly plan: ShopPlan }
  | { readonly kind: 'sign in again'; readonly missing: readonly SecretName[]; readonly plan: ShopPlan }
  | { readonly kind: 'not configured' }
  | { readonly kind: 'settings invalid'; readonly error: ShopError };

/** Where it is asked what shop is wanted. */
export interface ShopWishes {
  /** Never rejects: what can't be read is among the answers. */
  read(): Promise<WantedShop>;
  /** Whether syncs are to run by themselves as soon as VS Code has started. */
  autoStart(): boolean;
  /** `read` may answer something else from now on; changed in this window or another one. */
  onDidChange(listener: () => void): vscode.Disposable;
}

/** As settings and secrets have it. */
export function shopWishes(secrets: ShopSecrets): ShopWishes {
  return {
    read: () => readWantedShop(secrets),
    autoStart,
    onDidChange: (listener) => vscode.Disposable.from(onDidChangeSettings(listener), secrets.onDidChange(listener)),
  };
}

async function readWantedShop(storage: ShopSecrets): Promise<WantedShop> {
  const found = readSettings();
  if (found.kind === 'not configured') return { kind: 'not configured' };
  if (found.kind === 'invalid') return { kind: 'settings invalid', error: found.error };
  const { settings } = found;
  let secrets: Secrets;
  try {
    secrets = await storage.read();
  } catch (caught) {
    if (caught instanceof ShopError) return { kind: 'settings invalid', error: caught };
    throw caught;
  }
  const missing = neededSecrets(settings).filter((name) => secrets[name] === '');
  const plan = { settings, secrets };
  if (missing.length === 0) return { kind: 'ready', plan };
  return { kind: 'sign in again', missing, plan };
}

/** Whether both ask for the same shop, opened with the same, or for none for the same reason. */
export function isSame(one: WantedShop, other: WantedShop): boolean {
  return fingerprint(one) === fingerprint(other);
}

/** Whether both lead to the same shop and account, and differ in figures at most: how often, how many at once. */
export function isSameShop(one: Settings, other: Settings): boolean {
  return isDeepStrictEqual([one.digible, one.sqlServer], [other.digible, other.sqlServer]);
}

function fingerprint(wanted: WantedShop): string {
  return JSON.stringify(wanted.kind === 'settings invalid' ? wanted.error.message : wanted);
}

function neededSecrets({ sqlServer }: Settings): readonly SecretName[] {
  return sqlServer.authentication === 'password' ? ['digiblePassword', 'sqlPassword'] : ['digiblePassword'];
}
