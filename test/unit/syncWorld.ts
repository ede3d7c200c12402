import { Rejections } from '../../src/sync/rejections';
import { defaults, type SyncSettings } from '../../src/sync/settings';
import { runSync, type SyncOptions, type SyncOutcome } from '../../src/sync/syncEngine';
import { Unsettled } from '../../src/sync/unsettled';
import { FakeCatalogue } from './fakeCatalogue';
import { FakeClock } from './fakeClock';
import { FakeLog } from './fakeLog';
import { FakeShop } from './fakeShop';

export const price = (sellPrice: string) => ({ sellPrice });

export const manyKeys = (count: number, prefix = 'p') =>
  Array.from({ length: count }, (_, at) => `${prefix}${String(at).padStart(6, '0')}`);

/** A shop, a catalogue and what outlives a sync, for one test. */
export class SyncWorld {
  readonly clock = new FakeClock();
  readonly log = new FakeLog();
  readonly catalogue = new FakeCatalogue(this.clock);
  readonly rejections = new Rejections([], this.clock);
  readonly unsettled = new Unsettled(this.clock, defaults.sync.settleSeconds * 1000);
  settings: SyncSettings = defaults.sync;

  constructor(readonly shop = new FakeShop()) {}

  /** A product that both sides know, with the price 1.00. */
  known(...keys: readonly string[]): void {
    for (const key of keys) {
      this.shop.place(key);
      this.catalogue.know({ productId: key });
    }
  }

  /** Starts a sync; time stands still until the test moves it. */
  start(options: Partial<SyncOptions> = {}): Promise<SyncOutcome> {
    const { clock, log, catalogue, rejections, unsettled, settings, shop } = this;
    const { changeLog, products, lock } = shop;
    const never = new AbortController().signal;
    return runSync(
      { changeLog, products, lock, catalogue, clock, log, rejections, unsettled, settings },
      { signal: never, hardSignal: never, ...options },
    );
  }

  /** One sync, from its beginning to its end. */
  sync(options: Partial<SyncOptions> = {}): Promise<SyncOutcome> {
    return this.clock.runUntilSettled(this.start(options));
  }

  /** A sync that must come through, and its report. */
  async synced(options: Partial<SyncOptions> = {}): Promise<SyncOutcome['report']> {
    const { report, failure } = await this.sync(options);
    if (failure !== null) throw failure;
    return report;
  }

  price(productId: string): string | undefined {
    return this.catalogue.content.get(productId)?.sellPrice;
  }
}
