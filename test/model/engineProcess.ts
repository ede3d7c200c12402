/** A window with its engine: it runs until it is closed or killed, and what is killed goes on at no await. */
import { DigibleCatalogue } from '../../src/sync/digible/client';
import type { Clock, StateStore, StoredState } from '../../src/sync/ports';
import type { SyncSettings, UploadSettings } from '../../src/sync/settings';
import { ShopMaster } from '../../src/sync/shopMaster';
import { emptyState } from '../../src/sync/stateFile';
import { silentLog } from './silentLog';
import { SqlClient } from './sqlClient';
import { Wire } from './wire';
import type { World } from './world';

/** The state file of one PC. */
export class PcStore {
  stored: StoredState = emptyState;
}

export class EngineProcess {
  alive = true;
  /** Steps until it is killed; null: it is not to be. */
  killIn: number | null = null;
  readonly clock: Clock;
  readonly master: ShopMaster;
  readonly sql: SqlClient;
  readonly wire: Wire;
  /** What users of this window wait for. */
  readonly waiting = new Map<symbol, string>();

  constructor(
    private readonly world: World,
    readonly name: string,
    readonly pc: PcStore,
    settings: { readonly sync: SyncSettings; readonly upload: UploadSettings },
  ) {
    this.clock = this.makeClock();
    this.sql = new SqlClient(world, this);
    this.wire = new Wire(world, this);
    const catalogue = new DigibleCatalogue({
      baseUrl: 'https://digible.example',
      email: 'shop@example.com',
      password: () => 'secret',
      clock: this.clock,
      log: silentLog,
      exchange: this.wire,
    });
    const { clock, sql: database } = this;
    this.master = new ShopMaster({ database, catalogue, store: this.store(), clock, log: silentLog, settings });
    this.master.onDidFinishRun((result) => world.watch.runFinished(this, result));
    this.master.onDidChangeState((state) => world.watch.stateChanged(this, state));
  }

  /** A call of the engine to the outside: a killed process makes none, and hears of none that it made. */
  async port<T>(work: () => Promise<T>): Promise<T> {
    if (!this.step()) return never();
    try {
      const result = await work();
      return this.step() ? result : await never();
    } catch (caught) {
      if (this.step()) throw caught;
      return never();
    }
  }

  /** What a user asks for: settles when it is done, whatever came of it. */
  ask(what: string, call: () => Promise<unknown>): void {
    const token = Symbol(what);
    this.waiting.set(token, what);
    const done = (): void => void this.waiting.delete(token);
    call().then(done, done);
  }

  /** Kills it: its sessions end, and what it had sent may still arrive. */
  kill(ghostMs = 0): void {
    if (!this.alive) return;
    this.alive = false;
    this.sql.end(ghostMs);
    this.wire.die();
    this.waiting.clear();
    this.world.watch.processEnded(this);
  }

  private step(): boolean {
    if (this.alive && this.killIn !== null && --this.killIn < 0) this.kill(this.world.ghostMs());
    return this.alive;
  }

  private makeClock(): Clock {
    const { timeline } = this.world;
    const luck = this.world.luck.fork();
    return {
      now: () => timeline.now,
      random: () => luck.next(),
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          const abort = (): void => {
            due.cancelled = true;
            reject(signal.reason as Error);
          };
          const due = timeline.after(ms, () => {
            signal.removeEventListener('abort', abort);
            if (this.step()) resolve();
          });
          if (signal.aborted) abort();
          else signal.addEventListener('abort', abort, { once: true });
        }),
      every: (ms, tick) => {
        let due = timeline.after(ms, () => fire());
        const fire = (): void => {
          if (!this.step()) return;
          due = timeline.after(ms, fire);
          tick();
        };
        return { dispose: () => void (due.cancelled = true) };
      },
    };
  }

  private store(): StateStore {
    const { timeline, luck } = this.world;
    const { pc } = this;
    return {
      load: () =>
        this.port(async () => {
          await timeline.sleep(luck.between(0, 3));
          return pc.stored;
        }),
      save: (state) =>
        this.port(async () => {
          await timeline.sleep(luck.between(0, 20));
          // Killed meanwhile: the new file may have been put in the old one's place, or not.
          if (!this.alive && luck.chance(0.5)) return;
          pc.stored = state;
        }),
    };
  }
}

export function never(): Promise<never> {
  return new Promise(() => undefined);
}
