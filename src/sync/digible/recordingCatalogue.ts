import type { SendableProduct } from '../model';
import type { PreviewedRequest, Recorder } from '../preview';
import { addressOf, requireAddress } from './address';
import { syncRequest, updateRequest, type WireRequest } from './wireFormat';

const token = '<token>';

/** Sends nothing and confirms everything: keeps the requests that would have been sent, in their order. */
export class RecordingCatalogue implements Recorder {
  readonly recorded: PreviewedRequest[] = [];
  private readonly base: URL;

  /** @throws ShopError digible-address-invalid */
  constructor(baseUrl: string) {
    this.base = requireAddress(baseUrl);
  }

  get requests(): number {
    return this.recorded.length;
  }

  signIn(): Promise<void> {
    return Promise.resolve();
  }

  sync(products: readonly SendableProduct[]): Promise<void> {
    return this.record(syncRequest(products, token));
  }

  update(product: SendableProduct): Promise<void> {
    return this.record(updateRequest(product, token));
  }

  close(): void {
    // Nothing is open.
  }

  private record({ method, path, headers, body }: WireRequest): Promise<void> {
    const url = addressOf(this.base, path).href;
    this.recorded.push({ method, url, headers, body: JSON.parse(body) as unknown });
    return Promise.resolve();
  }
}
