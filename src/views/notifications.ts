import * as vscode from 'vscode';
import type { CurrentShop } from '../currentShop';
import { DisposableOwner } from '../dispose';
import { ShopError, toError } from '../sync/errors';
import type { Log } from '../sync/ports';

/** What pops up: rare, once, with at most one button. */
export class Notifications extends DisposableOwner {
  constructor(
    readonly currentShop: CurrentShop,
    private readonly log: Log,
  ) {
    super();
  }

  /** Shows what a command failed with. */
  async showFailure(failure: unknown): Promise<void> {
    const error = toError(failure);
    this.log.error('a command failed', { error: error.message });
    await vscode.window.showErrorMessage(error instanceof ShopError ? `${error.message} ${error.hint}` : error.message);
  }
}
