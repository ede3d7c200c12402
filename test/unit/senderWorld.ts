import type { SendableProduct } from '../../src/sync/model';
import { Sender, type Outgoing } from '../../src/sync/sender';
import { Unsettled } from '../../src/sync/unsettled';
import { FakeCatalogue } from './fakeCatalogue';
import { FakeClock } from './fakeClock';

export const productOf = (productId: string): SendableProduct => ({
  productId,
  productName: productId,
  sellPrice: '1.00',
});
export const item = (productId: string): Outgoing => ({ product: productOf(productId) });
export const items = (count: number, prefix = 'p') => Array.from({ length: count }, (_, at) => item(`${prefix}${at}`));

export const limits = { batches: { concurrency: 4, batchSize: 200 }, updateConcurrency: 8 };

/** A sender over a fake catalogue, and what became of the products. */
export class SenderWorld {
  readonly clock = new FakeClock();
  readonly catalogue = new FakeCatalogue(this.clock);
  readonly unsettled = new Unsettled(this.clock, 30_000);
  readonly cancel = new AbortController();
  readonly confirmed: string[] = [];
  readonly doubtful: string[] = [];
  readonly refused: string[] = [];
  readonly sender = this.newSender();

  newSender(): Sender<Outgoing> {
    const { catalogue, clock, unsettled, cancel, confirmed, doubtful, refused } = this;
    return new Sender(
      { catalogue, clock, unsettled, ...limits, signal: cancel.signal, hardSignal: new AbortController().signal },
      {
        confirmed: ({ product }) => confirmed.push(product.productId),
        unsettled: ({ product }) => doubtful.push(product.productId),
        refused: ({ product }, reason) => refused.push(`${product.productId}: ${reason}`),
      },
    );
  }

  send(batch: readonly Outgoing[]): Promise<void> {
    return this.clock.runUntilSettled(this.sender.sendBatch(batch));
  }

  settle(): Promise<void> {
    return this.clock.runUntilSettled(this.sender.settleSuspects());
  }
}
