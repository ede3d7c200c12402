import type * as vscode from 'vscode';
import type { Secrets } from '../sync/settings';

export type SecretName = keyof Secrets;

/** What a view may know of the secrets. */
export type SecretsSet = Readonly<Record<SecretName, boolean>>;

const keys: Readonly<Record<SecretName, string>> = {
  digiblePassword: 'shopmaster.digiblePassword',
  sqlPassword: 'shopmaster.sqlPassword',
};

/** The two passwords in VS Code's SecretStorage, and nowhere else. */
export class ShopSecrets {
  constructor(private readonly storage: vscode.SecretStorage) {}

  /** A secret that was never stored is the empty text. */
  async read(): Promise<Secrets> {
    const [digiblePassword, sqlPassword] = await Promise.all([
      this.storage.get(keys.digiblePassword),
      this.storage.get(keys.sqlPassword),
    ]);
    return { digiblePassword: digiblePassword ?? '', sqlPassword: sqlPassword ?? '' };
  }

  async areSet(): Promise<SecretsSet> {
    const { digiblePassword, sqlPassword } = await this.read();
    return { digiblePassword: digiblePassword !== '', sqlPassword: sqlPassword !== '' };
  }

  /** Stores those that are given; an empty one leaves what is stored. */
  async store(secrets: Partial<Secrets>): Promise<void> {
    for (const name of ['digiblePassword', 'sqlPassword'] as const) {
      const value = secrets[name];
      if (value !== undefined && value !== '') await this.storage.store(keys[name], value);
    }
  }

  async forget(): Promise<void> {
    for (const key of Object.values(keys)) await this.storage.delete(key);
  }

  /** In this window or another one. */
  onDidChange(listener: () => void): vscode.Disposable {
    const ours = new Set(Object.values(keys));
    return this.storage.onDidChange(({ key }) => {
      if (ours.has(key)) listener();
    });
  }
}
