import type { EngineState } from '../../src/sync/engineState';
import { defaults, type SyncSettings, type UploadSettings } from '../../src/sync/settings';
import type { RunResult } from '../../src/sync/runResult';
import { ShopMaster } from '../../src/sync/shopMaster';
import { FakeCatalogue } from './fakeCatalogue';
import { FakeClock } from './fakeClock';
import { FakeConfirmed } from './fakeConfirmed';
import { FakeLog } from './fakeLog';
import { FakeShop } from './fakeShop';
import { FakeStore } from './fakeStore';

/** An engine over fakes, with what it told its listeners. */
export class MasterWorld {
  readonly clock = new FakeClock();
  readonly log = new FakeLog();
  readonly shop = new FakeShop();
  readonly catalogue = new FakeCatalogue(this.clock);
  readonly store = new FakeStore();
  readonly confirmed = new FakeConfirmed();
  readonly states: EngineState[] = [];
  readonly results: RunResult[] = [];
  settings: { sync: SyncSettings; upload: UploadSettings } = { sync: defaults.sync, upload: defaults.upload };
  master = this.newMaster();

  /** As after a restart: nothing but the stored state and both sides are left. */
  newMaster(): ShopMaster {
    const { clock, log, catalogue, store, confirmed, settings, shop: database } = this;
    const master = new ShopMaster({ database, catalogue, store, confirmed, clock, log, settings });
    master.onDidChangeState((state) => this.states.push(state));
    master.onDidFinishRun((result) => this.results.push(result));
    return master;
  }

  /** Of each run so far. */
  get requests(): readonly number[] {
    return this.results.map(({ report }) => ('requests' in report ? report.requests : 0));
  }

  /** Phases in the order in which they were shown, each once until the next. */
  get phases(): readonly string[] {
    return this.states.map(({ phase }) => phase).filter((phase, at, all) => phase !== all[at - 1]);
  }

  run<T>(work: Promise<T>): Promise<T> {
    return this.clock.runUntilSettled(work);
  }

  /** Starts, and lets the first sync come to its end. */
  async start(): Promise<void> {
    this.master.start();
    await this.clock.advance(60_000);
  }

  /** Until after the next scheduled sync. */
  async nextTick(): Promise<void> {
    await this.clock.advance(this.settings.sync.intervalSeconds * 1000);
  }
}
