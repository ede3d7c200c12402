import assert from 'node:assert/strict';
import {
  startDigible,
  type DigibleOptions as SandboxOptions,
  type DigibleSandbox,
} from '../../../demo/digible/sandbox';
import { CatalogueFailure } from '../../../src/sync/catalogueFailure';
import { DigibleCatalogue, type DigibleOptions } from '../../../src/sync/digible/client';
import type { SendableProduct } from '../../../src/sync/model';
import type { Log, LogDetails } from '../../../src/sync/ports';
import { FakeClock } from '../../unit/fakeClock';

export class RecordedLog implements Log {
  readonly lines: string[] = [];
  readonly debug = (message: string, details?: LogDetails): void => this.write('debug', message, details);
  readonly info = (message: string, details?: LogDetails): void => this.write('info', message, details);
  readonly warn = (message: string, details?: LogDetails): void => this.write('warn', message, details);
  readonly error = (message: string, details?: LogDetails): void => this.write('error', message, details);

  private write(level: string, message: string, details: LogDetails = {}): void {
    const pairs = Object.entries(details).map(([key, value]) => `${key}=${String(value)}`);
    this.lines.push([level, message, ...pairs].join(' '));
  }
}

export interface Connection {
  readonly sandbox: DigibleSandbox;
  readonly catalogue: DigibleCatalogue;
  readonly clock: FakeClock;
  readonly log: RecordedLog;
  close(): Promise<void>;
}

/** A sandbox and a catalogue that talks to it, by a clock that only the test moves. */
export async function connect(
  sandboxOptions: SandboxOptions = {},
  options: Partial<DigibleOptions> = {},
): Promise<Connection> {
  const sandbox = await startDigible(sandboxOptions);
  const clock = new FakeClock(Date.now());
  const log = new RecordedLog();
  const { baseUrl, email, password } = sandbox;
  const catalogue = new DigibleCatalogue({ baseUrl, email, password: () => password, clock, log, ...options });
  return {
    sandbox,
    catalogue,
    clock,
    log,
    close: async () => {
      catalogue.close();
      await sandbox.close();
    },
  };
}

export const untilDone = new AbortController().signal;

export const product = (productId: string, sellPrice = '12.50'): SendableProduct => ({
  productId,
  productName: `Product ${productId}`,
  sellPrice,
});

export const batch = (count: number, first = 1): SendableProduct[] =>
  Array.from({ length: count }, (_, index) => product(String(first + index)));

/** The failure that a call ends with. */
export async function failureOf(call: Promise<unknown>): Promise<CatalogueFailure> {
  try {
    await call;
  } catch (caught) {
    if (caught instanceof CatalogueFailure) return caught;
    throw caught;
  }
  return assert.fail('the call was confirmed');
}
