/** The Digible sandbox in a process of its own. */
import type { Counters } from '../../../demo/digible/stats';
import { startDigible, type CatalogueProduct, type DigibleSandbox } from '../../../demo/digible/sandbox';
import { productId } from '../products';
import { serve } from './remote';

export interface DigibleOptions {
  readonly latencyMs: number;
  readonly perProductMs: number;
  /** Products that it knows at the beginning, the shop's first ones. */
  readonly products: number;
}

let sandbox: DigibleSandbox | undefined;

const services = {
  /** A new one, in the place of the one before. */
  async start({ products, ...latency }: DigibleOptions): Promise<{ baseUrl: string; email: string; password: string }> {
    await sandbox?.close();
    sandbox = await startDigible({ ...latency, tokenLifetimeSeconds: null, products: known(products) });
    const { baseUrl, email, password } = sandbox;
    return { baseUrl, email, password };
  },

  /** Counts from zero again. */
  reset(): Promise<void> {
    sandbox?.stats.reset();
    return Promise.resolve();
  },

  counters(): Promise<Counters> {
    if (sandbox === undefined) throw new Error('The sandbox is not started.');
    return Promise.resolve(sandbox.stats.toJSON());
  },

  /** Products in the catalogue. */
  size(): Promise<number> {
    return Promise.resolve(sandbox?.catalogue.size ?? 0);
  },
};

export type DigibleServices = typeof services;

serve(services, async () => sandbox?.close());

function* known(count: number): Generator<CatalogueProduct> {
  for (let number = 1; number <= count; number++)
    yield { productId: productId(number), productName: 'as it was', productPrice: '0.00' };
}
