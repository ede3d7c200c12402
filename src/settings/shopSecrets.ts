import * as vscode from 'vscode';
import { ShopError, toError } from '../sync/errors';
import type { Secrets } from '../sync/settings';

export type SecretName = keyof Secrets;

/** What a view may know of the secrets. */
export type SecretsSet = Readonly<Record<SecretName, boolean>>;

const keys: Readonly<Record<SecretName, string>> = {
  digiblePassword: 'shopmaster.digiblePassword',
  sqlPassword: 'shopmaster.sqlPassword',
};

const names = Object.keys(keys) as readonly SecretName[];

/** The two passwords in VS Code's SecretStorage, and nowhere else. Rejects with a ShopError where there is no reaching it. */
export class ShopSecrets {
  constructor(private readonly storage: vscode.SecretStorage) {}

  /** A secret that was never stored is the empty text. */
  read(): Promise<Secrets> {
    return reaching(async () => {
      const [digiblePassword, sqlPassword] = await Promise.all([
        this.storage.get(keys.digiblePassword),
        this.storage.get(keys.sqlPassword),
      ]);
      return { digiblePassword: digiblePassword ?? '', sqlPassword: sqlPassword ?? '' };
    });
  }

  async areSet(): Promise<SecretsSet> {
    const { digiblePassword, sqlPassword } = await this.read();
    return { digiblePassword: digiblePassword !== '', sqlPassword: sqlPassword !== '' };
  }

  /** Stores those that are given; an empty one leaves what is stored. */
  store(secrets: Partial<Secrets>): Promise<void> {
    return reaching(async () => {
      for (const name of names) {
        const value = secrets[name] ?? '';
        if (value !== '') await this.storage.store(keys[name], value);
      }
    });
  }

  /** Exactly these are stored then; an empty one is none. */
  replace(secrets: Secrets): Promise<void> {
    return reaching(async () => {
      for (const name of names) {
        const value = secrets[name];
        const stored = (await this.storage.get(keys[name])) ?? '';
        if (value === stored) continue;
        if (value === '') await this.storage.delete(keys[name]);
        else await this.storage.store(keys[name], value);
      }
    });
  }

  forget(): Promise<void> {
    return reaching(async () => {
      for (const key of Object.values(keys)) await this.storage.delete(key);
    });
  }

  /** In this window or another one. */
  onDidChange(listener: () => void): vscode.Disposable {
    const ours = new Set(Object.values(keys));
    return this.storage.onDidChange(({ key }) => {
      if (ours.has(key)) listener();
    });
  }
}

async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (caught) {
    const cause = toError(caught);
    const message = vscode.l10n.t('VS Code’s secret storage can’t be reached: {0}', cause.message);
    const hint = vscode.l10n.t('Unlock the keyring of this computer, then reload the window.');
    throw new ShopError('internal', message, hint, { cause });
  }
}
