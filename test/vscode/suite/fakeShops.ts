/** A CurrentShop over shops that are none: what is asked for and when they open is up to the test. */
import * as vscode from 'vscode';
import type { ContextKeys, SetContextKey } from '../../../src/contextKeys';
import { CurrentShop } from '../../../src/currentShop';
import type { ShopPlan, WantedShop } from '../../../src/settings/wantedShop';
import { nullConfirmed } from '../../../src/sync/nullStore';
import type { EngineState } from '../../../src/sync/engineState';
import { cancelled } from '../../../src/sync/errors';
import type { StoredState } from '../../../src/sync/ports';
import type { RunResult } from '../../../src/sync/runResult';
import { defaults } from '../../../src/sync/settings';
import type { Shop, ShopOptions } from '../../../src/sync/shop';
import { FakeClock } from '../../unit/fakeClock';
import { FakeLog } from '../../unit/fakeLog';

export function planFor(table: string, intervalSeconds = 120): ShopPlan {
  return {
    settings: {
      digible: { ...defaults.digible, email: 'owner@shop.example' },
      sqlServer: { ...defaults.sqlServer, database: 'Shop', table, username: 'sa' },
      sync: { ...defaults.sync, intervalSeconds },
      upload: defaults.upload,
    },
    secrets: { digiblePassword: 'digible secret', sqlPassword: 'sql secret' },
  };
}

export const ready = (table: string, intervalSeconds?: number): WantedShop => ({
  kind: 'ready',
  plan: planFor(table, intervalSeconds),
});

/** A shop as far as CurrentShop looks at it. */
export class FakeShop {
  started = 0;
  stopped = 0;
  closed = false;
  /** How many times something between two runs has ended. */
  pauses = 0;
  /** Waited for by what is to run between two runs. */
  running: Promise<void> = Promise.resolve();
  /** Waited for by `close`. */
  ending: Promise<void> = Promise.resolve();
  private stateListener: ((state: EngineState) => void) | null = null;
  private isClosing = false;
  private runListener: ((result: RunResult) => void) | null = null;

  constructor(
    readonly options: ShopOptions,
    private readonly diary: string[],
  ) {}

  get table(): string {
    return this.options.settings.sqlServer.table;
  }

  get asShop(): Shop {
    const master = {
      onDidChangeState: (listener: (state: EngineState) => void) => {
        this.stateListener = listener;
        return { dispose: () => (this.stateListener = null) };
      },
      onDidFinishRun: (listener: (result: RunResult) => void) => {
        this.runListener = listener;
        return { dispose: () => (this.runListener = null) };
      },
      start: () => {
        this.started += 1;
        this.diary.push(`start ${this.table}`);
      },
      stop: () => {
        this.stopped += 1;
        this.diary.push(`stop ${this.table}`);
        return Promise.resolve();
      },
      exclusively: async (task: () => Promise<void>) => {
        await this.running;
        if (this.isClosing) throw cancelled();
        await task();
        this.pauses += 1;
      },
    };
    const close = async (): Promise<void> => {
      this.isClosing = true;
      this.diary.push(`close ${this.table}`);
      await this.ending;
      this.closed = true;
    };
    return { master, close } as unknown as Shop;
  }

  tellState(state: EngineState): void {
    this.stateListener?.(state);
  }

  tellRun(result: RunResult): void {
    this.runListener?.(result);
  }
}

export class FakeWorld {
  readonly clock = new FakeClock();
  readonly log = new FakeLog();
  readonly keys = new Map<keyof ContextKeys, unknown>();
  /** What happened to which shop, in order. */
  readonly diary: string[] = [];
  readonly shops: FakeShop[] = [];
  autoStart = false;
  lastSync: number | null = null;
  /** Waited for by whoever opens a shop; may reject. */
  opening: Promise<void> = Promise.resolve();
  private readonly listeners = new Set<() => void>();

  constructor(private wanted: WantedShop) {}

  currentShop(): CurrentShop {
    const setContextKey: SetContextKey = (key, value) => void this.keys.set(key, value);
    const stored: StoredState = { lastSync: null, rejected: [], unsettled: [], uploadCheckpoint: null };
    return new CurrentShop({
      wishes: {
        read: () => Promise.resolve(this.wanted),
        autoStart: () => this.autoStart,
        onDidChange: (listener) => {
          this.listeners.add(listener);
          return new vscode.Disposable(() => this.listeners.delete(listener));
        },
      },
      storesFor: () =>
        Promise.resolve({
          store: {
            load: () => Promise.resolve({ ...stored, lastSync: this.lastSync }),
            save: () => Promise.resolve(),
          },
          confirmed: nullConfirmed,
        }),
      openShop: async (options) => {
        this.diary.push(`open ${options.settings.sqlServer.table}`);
        await this.opening;
        const shop = new FakeShop(options, this.diary);
        this.shops.push(shop);
        return shop.asShop;
      },
      setContextKey,
      clock: this.clock,
      log: this.log,
    });
  }

  /** Changes settings or secrets, and says so. */
  want(wanted: WantedShop): void {
    this.wanted = wanted;
    for (const listener of this.listeners) listener();
  }

  get newest(): FakeShop {
    const shop = this.shops.at(-1);
    if (shop === undefined) throw new Error('No shop was opened.');
    return shop;
  }
}

/** A promise, and what settles it. */
export function gate(): { readonly passed: Promise<void>; open(): void; fail(why: Error): void } {
  let open!: () => void;
  let fail!: (why: Error) => void;
  const passed = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { passed, open, fail };
}
