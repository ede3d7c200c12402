import { type ConnectionTestResult, testConnections } from './connectionTest';
import type { CurrentShop } from './currentShop';
import { orPutBack, saveTogether, type Saving } from './settings/saveTogether';
import type { ShopSecrets } from './settings/shopSecrets';
import { checkSettings } from './settings/shopSettings';
import { isSameShop } from './settings/wantedShop';
import { ofSqlServerAlone, withShopAside } from './shopAside';
import type { Log } from './sync/ports';
import type { Secrets, Settings } from './sync/settings';
import type { ConfigurePlan, ConfigureStep } from './sync/sqlserver/configurePlan';
import type { TableChoice } from './sync/sqlserver/tableChoices';

export interface ConfigureRequest extends Saving {
  /** Typed anew where not empty; stored ones are used otherwise. */
  readonly secrets: Secrets;
  readonly discardPending: boolean;
}

interface ConfigureUnderWay {
  readonly request: string;
  readonly steps: ConfigureStep[];
  readonly listeners: ((step: ConfigureStep) => void)[];
  readonly done: Promise<ConfigurePlan>;
}

/** What tests and changes the shop's database on the user's word. */
export class DatabaseWork {
  private configuring: ConfigureUnderWay | null = null;

  constructor(
    private readonly currentShop: CurrentShop,
    private readonly secrets: ShopSecrets,
    private readonly log: Log,
    /** Called whenever SQL Server and Digible have both answered a test. */
    private readonly bothAnswered: () => void,
  ) {}

  /** Test Connection, also with settings that are only being tried. Never rejects but for the signal's reason, or a ShopError. */
  async test(
    { settings, secrets }: Omit<ConfigureRequest, 'discardPending'>,
    onOutcome: (outcomes: Partial<ConnectionTestResult>) => void,
    signal: AbortSignal,
  ): Promise<ConnectionTestResult> {
    const result = await testConnections(settings, await this.withStored(secrets), this.log, signal, onOutcome);
    if (result.sqlServer.ok && result.digible.ok) this.bothAnswered();
    return result;
  }

  /** The tables that the product table can be chosen from; needs no email, no table and no address. Rejects with a ShopError. */
  async listTables({ settings, secrets }: ConfigureRequest, signal: AbortSignal): Promise<readonly TableChoice[]> {
    const shopSecrets = await this.withStored(secrets);
    return withShopAside(ofSqlServerAlone(settings), shopSecrets, this.log, (shop) => shop.listTables(signal));
  }

  /** What Configure would do; changes nothing. Rejects with a ShopError. */
  async plan({ settings, secrets, discardPending }: ConfigureRequest, signal: AbortSignal): Promise<ConfigurePlan> {
    requireComplete(settings);
    const shopSecrets = await this.withStored(secrets);
    return withShopAside(settings, shopSecrets, this.log, (shop) => shop.planConfigure({ discardPending }, signal));
  }

  /**
   * Signs in, saves settings and secrets, and gets the database ready. Rejects with a ShopError; then nothing is saved, and the shop
   * goes on as it was. Asked for the same while it works, it tells both callers of the same work; something else waits for its turn.
   */
  configure(request: ConfigureRequest, onStep: (step: ConfigureStep) => void): Promise<ConfigurePlan> {
    const fingerprint = JSON.stringify(request);
    if (this.configuring?.request === fingerprint) {
      this.configuring.steps.forEach(onStep);
      this.configuring.listeners.push(onStep);
      return this.configuring.done;
    }
    const steps: ConfigureStep[] = [];
    const listeners = [onStep];
    const done = this.configureApart(request, (step) => {
      steps.push(step);
      for (const listener of listeners) listener(step);
    });
    const configuring = { request: fingerprint, steps, listeners, done };
    this.configuring = configuring;
    const forget = (): void => {
      if (this.configuring === configuring) this.configuring = null;
    };
    done.then(forget, forget);
    return done;
  }

  /**
   * Saves settings and secrets and leaves the database alone. What runs comes to its end first where it stays the same shop and account.
   * Rejects with a ShopError; then nothing is saved.
   */
  async saveOnly(saving: Saving): Promise<void> {
    const save = async (): Promise<void> => {
      await saveTogether(this.secrets, saving);
    };
    const { settings } = this.currentShop;
    const isTyped = Object.values(saving.secrets).some((secret) => secret !== '');
    if (isTyped || settings === null || !isSameShop(settings, saving.settings)) await this.currentShop.apart(save);
    else await save();
  }

  private async configureApart(
    request: ConfigureRequest,
    onStep: (step: ConfigureStep) => void,
  ): Promise<ConfigurePlan> {
    const { settings, discardPending } = request;
    requireComplete(settings);
    const secrets = await this.withStored(request.secrets);
    return this.currentShop.apart((signal) =>
      withShopAside(settings, secrets, this.log, async (shop) => {
        await shop.testDigible(signal);
        // What can't be done at all is found out before anything is saved.
        await shop.planConfigure({ discardPending }, signal);
        const putBack = await saveTogether(this.secrets, request);
        return orPutBack(putBack, this.log, () => shop.repair({ discardPending, onStep }, signal));
      }),
    );
  }

  private async withStored(typed: Secrets): Promise<Secrets> {
    const stored = await this.secrets.read();
    return {
      digiblePassword: typed.digiblePassword === '' ? stored.digiblePassword : typed.digiblePassword,
      sqlPassword: typed.sqlPassword === '' ? stored.sqlPassword : typed.sqlPassword,
    };
  }
}

function requireComplete(settings: Settings): void {
  const checked = checkSettings(settings);
  if (checked.kind === 'invalid') throw checked.error;
}
