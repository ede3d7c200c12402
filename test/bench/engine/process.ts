/** One engine in a process of its own, so that what is measured is the engine's and nobody else's. */
import { performance } from 'node:perf_hooks';
import type { SyncReport, UploadReport } from '../../../src/sync/model';
import { nullStore } from '../../../src/sync/nullStore';
import { openShop, type Shop } from '../../../src/sync/shop';
import type { Secrets, Settings } from '../../../src/sync/settings';
import { serve } from '../processes/remote';
import { Desktop, type DesktopRun } from './desktop';
import { measure, type Measured } from './measure';
import { nullLog } from './nullLog';
import { openTree, type TreeTimes } from './tree';

export interface EngineOptions {
  readonly settings: Settings;
  readonly secrets: Secrets;
  /** The file for a .cpuprofile of what is measured; null for none. */
  readonly profile: string | null;
}

interface Open extends EngineOptions {
  readonly shop: Shop;
  readonly desktop: Desktop;
}

let current: Open | undefined;

function opened(): Open {
  if (current === undefined) throw new Error('The engine is not open.');
  return current;
}

const services = {
  open(options: EngineOptions): Promise<void> {
    const { settings, secrets } = options;
    const shop = openShop({ settings, secrets, store: nullStore, log: nullLog });
    current = { ...options, shop, desktop: new Desktop(settings, secrets) };
    return Promise.resolve();
  },

  /** A sync that is not measured. */
  warmUp(): Promise<SyncReport> {
    return opened().shop.master.syncNow();
  },

  async sync(): Promise<Measured & { readonly report: SyncReport }> {
    const { shop, profile } = opened();
    const { measured, result } = await measure(profile, () => shop.master.syncNow());
    return { ...measured, report: result };
  },

  async upload(): Promise<Measured & { readonly report: UploadReport }> {
    const { shop, profile } = opened();
    const { measured, result } = await measure(profile, () => shop.master.upload());
    return { ...measured, report: result };
  },

  /** From now on it syncs by itself; resolves when the first sync is done. */
  async start(): Promise<void> {
    const { master } = opened().shop;
    const done = nextRun(master);
    master.start();
    await done;
  },

  /** So many scheduled syncs. */
  async ticks(count: number): Promise<Measured> {
    const { shop, profile } = opened();
    const { measured } = await measure(profile, async () => {
      for (let tick = 0; tick < count; tick++) await nextRun(shop.master);
    });
    return measured;
  },

  /** Sync Now, to the end of the run: its changes are acknowledged by then. Milliseconds. */
  async syncNowMs(): Promise<{ readonly ms: number; readonly report: SyncReport }> {
    const started = performance.now();
    const report = await opened().shop.master.syncNow();
    return { ms: performance.now() - started, report };
  },

  async tree(pages: number): Promise<Measured & TreeTimes> {
    const { shop, profile } = opened();
    const { measured, result } = await measure(profile, () => openTree(shop, pages));
    return { ...measured, ...result };
  },

  signInDesktop(): Promise<void> {
    return opened().desktop.signIn();
  },

  async desktop(what: 'sync' | 'upload'): Promise<Measured & DesktopRun> {
    const { desktop, profile } = opened();
    const { measured, result } = await measure(profile, () => desktop[what]());
    return { ...measured, ...result };
  },
};

export type EngineServices = typeof services;

serve(services, async () => current?.shop.close());

function nextRun(master: Shop['master']): Promise<void> {
  return new Promise((resolve, reject) => {
    const listening = master.onDidFinishRun(({ error }) => {
      listening.dispose();
      if (error === null) resolve();
      else reject(error);
    });
  });
}
