/** A shop, its catalogue, and shopMaster between them: everything real but the time, which a test can move on. */
import assert from 'node:assert/strict';
import { startDigible, type DigibleOptions, type DigibleSandbox } from '../../../demo/digible/sandbox';
import { ShopError, type ErrorCode } from '../../../src/sync/errors';
import type { SyncReport, UploadReport } from '../../../src/sync/model';
import type { Clock } from '../../../src/sync/ports';
import { defaults, type Settings } from '../../../src/sync/settings';
import { openShop, type Shop } from '../../../src/sync/shop';
import { FakeConfirmed } from '../../unit/fakeConfirmed';
import { FakeLog } from '../../unit/fakeLog';
import { FakeStore } from '../../unit/fakeStore';
import { startShop, type ShopOptions, type TestShop } from '../shop';

export const never = new AbortController().signal;

interface Timer {
  at: number;
  readonly ms: number;
  fire(): void;
}

/** The machine's time and as much more as a test has moved it on. Jitter is 0: retries come at once unless Digible asks for a pause. */
export class MovableClock implements Clock {
  private ahead = 0;
  private readonly timers = new Set<Timer>();
  private readonly watchers = new Set<() => void>();

  now(): number {
    return Date.now() + this.ahead;
  }

  random(): number {
    return 0;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(real);
        this.timers.delete(timer);
        signal.removeEventListener('abort', abort);
      };
      const timer: Timer = {
        at: this.now() + ms,
        ms,
        fire: () => {
          end();
          resolve();
        },
      };
      const abort = (): void => {
        end();
        reject(signal.reason as Error);
      };
      const real = setTimeout(() => timer.fire(), ms);
      this.timers.add(timer);
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
      for (const watcher of this.watchers) watcher();
    });
  }

  /** Ticks only as a test moves time on. */
  every(ms: number, tick: () => void): { dispose(): void } {
    const timer: Timer = {
      at: this.now() + ms,
      ms,
      fire: () => {
        timer.at += ms;
        tick();
      },
    };
    this.timers.add(timer);
    return { dispose: () => void this.timers.delete(timer) };
  }

  /** Resolves once somebody sleeps for so long. */
  asleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (![...this.timers].some((timer) => timer.ms === ms)) return;
        this.watchers.delete(look);
        resolve();
      };
      this.watchers.add(look);
      look();
    });
  }

  forward(ms: number): void {
    this.ahead += ms;
    for (const timer of [...this.timers]) if (timer.at <= this.now()) timer.fire();
  }
}

export interface SyncedShopOptions extends ShopOptions {
  readonly digible?: DigibleOptions;
  readonly sync?: Partial<Settings['sync']>;
  readonly upload?: Partial<Settings['upload']>;
}

/** What one window or PC has otherwise than the first. */
export interface OtherSettings {
  readonly sqlServer?: Partial<Settings['sqlServer']>;
  readonly digible?: Partial<Settings['digible']>;
  readonly sqlPassword?: string;
  readonly digiblePassword?: string;
  /** Default: what the others remember. */
  readonly store?: FakeStore;
}

export interface Comparison {
  /** Products that the catalogue still has though the shop has not. */
  readonly gone?: readonly string[];
  /** T-SQL that gives ProductID and SellPrice as they are to arrive. */
  readonly id?: string;
  readonly price?: string;
}

export class SyncedShop {
  readonly clock = new MovableClock();
  readonly log = new FakeLog();
  readonly store = new FakeStore();
  readonly confirmed = new FakeConfirmed();
  /** The first window. */
  readonly shop: Shop;
  private readonly opened: Shop[] = [];

  private constructor(
    /** The shop's own way into its database. */
    readonly till: TestShop,
    readonly digible: DigibleSandbox,
    private readonly options: SyncedShopOptions,
  ) {
    this.shop = this.open();
  }

  static async start(options: SyncedShopOptions): Promise<SyncedShop> {
    const digible = await startDigible({ password: 'sEcret-of-Digible', ...options.digible });
    try {
      return new SyncedShop(await startShop(options), digible, options);
    } catch (failure) {
      await digible.close();
      throw failure;
    }
  }

  /** The shop as one more window or PC has it; closed along with this. */
  open(other: OtherSettings = {}): Shop {
    const shop = openShop({
      settings: {
        digible: { baseUrl: this.digible.baseUrl, email: this.digible.email, ...other.digible },
        sqlServer: { ...this.till.settings, ...other.sqlServer },
        sync: { ...defaults.sync, ...this.options.sync },
        upload: { ...defaults.upload, ...this.options.upload },
      },
      secrets: {
        sqlPassword: other.sqlPassword ?? this.till.password,
        digiblePassword: other.digiblePassword ?? this.digible.password,
      },
      store: other.store ?? this.store,
      confirmed: this.confirmed,
      log: this.log,
      clock: this.clock,
    });
    this.opened.push(shop);
    return shop;
  }

  async configure(): Promise<void> {
    await this.shop.configure({}, never);
  }

  sync(): Promise<SyncReport> {
    return this.shop.master.syncNow();
  }

  upload(): Promise<UploadReport> {
    return this.shop.master.upload();
  }

  /** Resolves when Digible has answered, or dropped, one more request. */
  nextRequest(): Promise<void> {
    return new Promise((resolve) => {
      const listener = this.digible.stats.onDidChange(() => {
        listener.dispose();
        resolve();
      });
    });
  }

  async pending(): Promise<number> {
    return (await this.shop.lookAtCapture(never)).counts.pending;
  }

  /** A name and a price, as `Cola 1.50`. */
  inCatalogue(productId: string): string | undefined {
    const entry = this.digible.catalogue.get(productId);
    return entry && `${entry.productName} ${entry.productPrice}`;
  }

  /** The catalogue is what the product table is, product by product, and has nothing else but what is `gone`. */
  async assertInStep({ gone = [], id, price }: Comparison = {}): Promise<void> {
    const rows = await this.till.query<{ id: string; name: string; price: string }>(
      `SELECT ${id ?? 'CONVERT(NVARCHAR(450), ProductID)'} AS id, ProductName AS name,
         ${price ?? 'CONVERT(VARCHAR(41), SellPrice)'} AS price
       FROM ${this.till.settings.table}`,
    );
    const table = new Map(rows.map((row) => [row.id, { productName: row.name, productPrice: row.price }] as const));
    const catalogue = new Map([...this.digible.catalogue].filter(([productId]) => table.has(productId)));
    assert.deepEqual(sorted(catalogue), sorted(table));
    assert.deepEqual([...this.digible.catalogue.keys()].filter((key) => !table.has(key)).sort(), [...gone].sort());
    const { malformed, inFlightViolations } = this.digible.stats;
    assert.deepEqual({ malformed, inFlightViolations }, { malformed: 0, inFlightViolations: 0 });
  }

  /** Every object of the database, and the rows of every table. */
  async contents(): Promise<unknown> {
    const objects = await this.till.query<{ type: string; name: string; definition: string | null }>(
      `SELECT RTRIM(o.type) AS type, QUOTENAME(SCHEMA_NAME(o.schema_id)) + N'.' + QUOTENAME(o.name) AS name,
         OBJECT_DEFINITION(o.object_id) AS definition
       FROM sys.objects AS o WHERE o.is_ms_shipped = 0`,
    );
    const rows: Record<string, readonly string[]> = {};
    for (const { type, name } of objects)
      if (type === 'U')
        rows[name] = (await this.till.query(`SELECT * FROM ${name}`)).map((row) => JSON.stringify(row)).sort();
    return { objects: objects.map((object) => JSON.stringify(object)).sort(), rows };
  }

  /** The ShopError that `work` rejects with: it names the thing, says what to do next, and holds no secret. */
  async refused(work: Promise<unknown>, code: ErrorCode, naming: RegExp): Promise<ShopError> {
    const error = await work.then(
      () => assert.fail('it was not refused'),
      (caught: unknown) => caught,
    );
    assert(error instanceof ShopError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, naming);
    assert.match(error.hint, /\w.*\.$/);
    this.assertHoldsNoSecret(`${error.stack ?? ''}\n${error.hint}`);
    return error;
  }

  /** As `refused`, and the database is what it was, and Digible has heard of no product. */
  async refusedWithNothingDone(work: () => Promise<unknown>, code: ErrorCode, naming: RegExp): Promise<ShopError> {
    const before = await this.contents();
    const { productsApplied } = this.digible.stats;
    const error = await this.refused(work(), code, naming);
    assert.deepEqual(await this.contents(), before);
    assert.equal(this.digible.stats.productsApplied, productsApplied);
    return error;
  }

  /** Configure, sync and upload alike. */
  async refusesEverything(shop: Shop, code: ErrorCode, naming: RegExp): Promise<void> {
    const { master } = shop;
    await this.refusedWithNothingDone(() => shop.configure({}, never), code, naming);
    await this.refusedWithNothingDone(() => master.syncNow(), code, naming);
    assert.equal(master.state.error?.code, code);
    await this.refusedWithNothingDone(() => master.upload(), code, naming);
  }

  async close(): Promise<void> {
    for (const shop of this.opened) await shop.close();
    await this.till.close();
    await this.digible.close();
    this.assertHoldsNoSecret(JSON.stringify([this.log.entries, this.store.saves]));
  }

  private assertHoldsNoSecret(text: string): void {
    for (const secret of [this.till.password, this.digible.password])
      assert(!text.includes(secret), 'a password is shown');
    assert.doesNotMatch(text, /\beyJ[\w-]{10,}\./, 'a token is shown');
  }
}

/** Runs a test on a shop of its own. */
export function onShop(options: SyncedShopOptions, test: (shop: SyncedShop) => Promise<void>): () => Promise<void> {
  return async () => {
    const shop = await SyncedShop.start(options);
    try {
      await test(shop);
    } finally {
      await shop.close();
    }
  };
}

/** `first` to `last` as rows of INSERT … VALUES: `('P0007', N'Product 7', 7.00, NULL, 1)`. */
export function insertProducts(first: number, last: number, table = 'dbo.Products'): string {
  const rows = Array.from({ length: last - first + 1 }, (_, index) => {
    const number = first + index;
    return `('${productId(number)}', N'Product ${number}', ${number}, NULL, 1)`;
  });
  return `INSERT INTO ${table} (ProductID, ProductName, SellPrice, QrCode, Status) VALUES ${rows.join(', ')}`;
}

export function productId(number: number): string {
  return `P${String(number).padStart(4, '0')}`;
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
