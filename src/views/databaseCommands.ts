import * as vscode from 'vscode';
import type { TestOutcome } from '../connectionTest';
import type { CurrentShop } from '../currentShop';
import type { DatabaseWork } from '../databaseWork';
import type { ShopRemoval } from '../shopRemoval';
import type { Log } from '../sync/ports';
import { withCancellableProgress } from './cancellableProgress';
import type { Notifications } from './notifications';
import { removeFromDatabase } from './removeFromDatabase';
import { repairCapture } from './repairCapture';

interface Parts {
  readonly currentShop: CurrentShop;
  readonly databaseWork: DatabaseWork;
  readonly removal: ShopRemoval;
  readonly notifications: Notifications;
  readonly log: Log;
}

const stored = { digiblePassword: '', sqlPassword: '' };

/** The commands about the shop's database, with what they ask and tell. Chosen twice at once, each is carried out once. */
export class DatabaseCommands {
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(private readonly parts: Parts) {}

  /** Test Connection with what is stored; reports SQL Server and Digible each on its own. Rejects with a ShopError. */
  testConnection(): Promise<void> {
    const { currentShop, databaseWork } = this.parts;
    return this.once('test connection', async () => {
      const settings = await currentShop.completeSettings();
      const { sqlServer, digible } = await withCancellableProgress({
        title: vscode.l10n.t('Testing the connection'),
        shownAfterMs: 0,
        work: (signal) => databaseWork.test({ settings, secrets: stored }, () => undefined, signal),
      });
      this.tell(sqlServer);
      this.tell(digible);
    });
  }

  /** Repair Capture: Configure with the settings in use, after it has shown what it will do. Rejects with a ShopError. */
  repair(): Promise<void> {
    return this.once('repair', () => repairCapture(this.parts.currentShop, this.parts.log));
  }

  /** Remove from Database: asks how much, stops the sync, removes it. Rejects with a ShopError. */
  remove(): Promise<void> {
    return this.once('remove', () => removeFromDatabase(this.parts));
  }

  private tell(outcome: TestOutcome): void {
    const { notifications } = this.parts;
    if (outcome.ok) notifications.tell({ severity: 'information', text: outcome.detail, cure: null });
    else void notifications.showFailure(outcome.error, 'shopmaster.testConnection');
  }

  private once(what: string, work: () => Promise<void>): Promise<void> {
    const underWay = this.underWay.get(what);
    if (underWay !== undefined) return underWay;
    const done = work().finally(() => this.underWay.delete(what));
    this.underWay.set(what, done);
    return done;
  }
}
