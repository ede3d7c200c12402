/** A shop, Digible, the line between them, and the windows that run the engine. */
import { defaults, type SyncSettings, type UploadSettings } from '../../src/sync/settings';
import { Digible } from './digible';
import { EngineProcess, PcStore } from './engineProcess';
import { Luck } from './luck';
import { Network } from './network';
import { SqlServer } from './sqlServer';
import { Timeline } from './timeline';
import { Watch } from './watch';
import { clear, type Weather } from './weather';

/** What is drawn once for a history. */
export interface Circumstances {
  readonly seed: number;
  /** Two windows on one PC share its state file. */
  readonly onePc: boolean;
  readonly firstLogId: number;
  /** Products in the table at the start. */
  readonly stock: number;
  /** Whether Digible has these already; otherwise somebody has to upload. */
  readonly uploaded: boolean;
  readonly tokenSeconds: number | null;
  readonly intervalSeconds: number;
  readonly updateConcurrency: number;
  readonly bulkUpdateThreshold: number;
  readonly batchSize: number;
  readonly concurrency: number;
}

export class World {
  readonly timeline = new Timeline();
  readonly luck: Luck;
  readonly watch: Watch;
  readonly server: SqlServer;
  readonly digible: Digible;
  readonly network: Network;
  weather: Weather = clear;
  /** The newest engine of each window; an ended one stays until the window is opened again. */
  readonly windows: (EngineProcess | null)[] = [null, null];
  private readonly pcs: readonly PcStore[];
  private processesMade = 0;

  constructor(readonly circumstances: Circumstances) {
    const { seed, onePc, firstLogId, tokenSeconds } = circumstances;
    this.luck = new Luck(seed);
    this.watch = new Watch(this);
    this.server = new SqlServer(this.timeline, firstLogId, this.watch);
    this.digible = new Digible(
      this.luck.fork(),
      () => this.timeline.now,
      () => this.weather.digible,
    );
    this.digible.tokenSeconds = tokenSeconds;
    this.network = new Network(this);
    const pc = new PcStore();
    this.pcs = [pc, onePc ? pc : new PcStore()];
  }

  /** Opens the window, unless it is open. */
  open(window: number): EngineProcess {
    const present = this.windows[window];
    if (present?.alive) return present;
    const name = `window ${window + 1}, process ${++this.processesMade}`;
    const process = new EngineProcess(this, name, this.pcs[window]!, this.settings());
    this.windows[window] = process;
    return process;
  }

  get alive(): readonly EngineProcess[] {
    return this.windows.filter((process) => process?.alive === true) as EngineProcess[];
  }

  sqlLatencyMs(): number {
    return this.luck.between(0, this.weather.sql.latencyMs);
  }

  /** How long the server holds on to a session whose client is gone. */
  ghostMs(): number {
    return this.luck.pick([0, 0, 0, 800, 20_000]);
  }

  /** For people: the time of the history, from 00:00:00. */
  clockTime(at = this.timeline.now): string {
    return new Date(at).toISOString().slice(11, 23);
  }

  private settings(): { readonly sync: SyncSettings; readonly upload: UploadSettings } {
    const { intervalSeconds, updateConcurrency, bulkUpdateThreshold, batchSize, concurrency } = this.circumstances;
    return {
      sync: { ...defaults.sync, intervalSeconds, updateConcurrency, bulkUpdateThreshold },
      upload: { batchSize, concurrency },
    };
  }
}
