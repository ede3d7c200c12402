import { toError } from '../sync/errors';
import type { Log } from '../sync/ports';
import type { Secrets, Settings } from '../sync/settings';
import type { ShopSecrets } from './shopSecrets';
import { forgetSettings, type PutBack, writeSettings } from './shopSettings';

export interface Saving {
  readonly settings: Settings;
  /** Those that are not empty are stored; the others stay as they are. */
  readonly secrets: Partial<Secrets>;
  /** Stays as it is where it is not given. */
  readonly autoStart?: boolean;
}

/** Saves settings and secrets, or neither: rejects with a ShopError then. */
export async function saveTogether(storage: ShopSecrets, { settings, secrets, autoStart }: Saving): Promise<PutBack> {
  const before = await storage.read();
  const putBackSecrets = (): Promise<void> => storage.replace(before);
  try {
    await storage.store(secrets);
    return both(await writeSettings(settings, autoStart), putBackSecrets);
  } catch (failure) {
    await putBackSecrets().catch(() => undefined);
    throw failure;
  }
}

/** Forgets settings and secrets, or neither: rejects with a ShopError then. */
export async function forgetTogether(storage: ShopSecrets): Promise<void> {
  const before = await storage.read();
  const putBack = both(await forgetSettings(), () => storage.replace(before));
  try {
    await storage.forget();
  } catch (failure) {
    await putBack().catch(() => undefined);
    throw failure;
  }
}

/** Does what goes with a saving, and puts back what was saved where that fails. Rejects as the work does. */
export async function orPutBack<T>(putBack: PutBack, log: Log, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (failure) {
    await putBack().catch((caught: unknown) => {
      log.error('what was saved before could not be put back', { error: toError(caught).message });
    });
    throw failure;
  }
}

function both(settings: PutBack, secrets: PutBack): PutBack {
  return async () => {
    try {
      await settings();
    } finally {
      await secrets();
    }
  };
}
