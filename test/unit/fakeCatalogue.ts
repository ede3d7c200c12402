import { CatalogueFailure, type FailureKind } from '../../src/sync/catalogueFailure';
import { ShopError, type ErrorCode } from '../../src/sync/errors';
import type { SendableProduct } from '../../src/sync/model';
import type { Catalogue, Clock } from '../../src/sync/ports';

/** What a request comes to. */
export type Answer =
  | 'confirm'
  | FailureKind
  /** The answer is lost; the request was applied, never arrives, or is applied that many milliseconds later. */
  | { readonly lost: 'applied' | 'never applied' | number }
  | { readonly fails: FailureKind; readonly retryAfterMs?: number; readonly reason?: string }
  | { readonly throws: Error };

export interface CatalogueRequest {
  readonly call: 'sync' | 'update' | 'sign in';
  readonly products: readonly SendableProduct[];
  /** Epoch milliseconds. */
  readonly startedAt: number;
  endedAt: number | null;
}

const codes: Readonly<Record<FailureKind, ErrorCode>> = {
  unreachable: 'digible-unreachable',
  'outcome unknown': 'digible-unreachable',
  'request timeout': 'digible-busy',
  throttled: 'digible-busy',
  'server error': 'digible-busy',
  refused: 'digible-refused',
  'too large': 'digible-refused',
  'product unknown': 'digible-refused',
  'not available': 'digible-answer-unexpected',
  'unexpected answer': 'digible-answer-unexpected',
  'session expired': 'session-expired',
};

const maxProducts = 200;
const never = new AbortController().signal;

export function failureOf(kind: FailureKind, reason: string = kind, retryAfterMs?: number): CatalogueFailure {
  return new CatalogueFailure(kind, new ShopError(codes[kind], reason, 'Wait.'), retryAfterMs);
}

/** A catalogue in memory. It records every request, and notes each breach of what the engine promises. */
export class FakeCatalogue implements Catalogue {
  readonly log: CatalogueRequest[] = [];
  readonly content = new Map<string, SendableProduct>();
  /** Products that Digible refuses wherever they turn up, with its words. */
  readonly refused = new Map<string, string>();
  readonly mostInFlight = { sync: 0, update: 0 };
  /** More than 200 products, a product twice in a request or in two requests at once, a request after `close`. */
  readonly breaches: string[] = [];
  /** Milliseconds between a request and its answer. */
  latencyMs = 10;
  /** Answers for the next requests (sign-ins apart), first come first served; afterwards `answer` decides. */
  readonly next: Answer[] = [];
  answer: (request: CatalogueRequest) => Answer = () => 'confirm';
  /** Called when a request has arrived, before it is answered. */
  onRequest: (request: CatalogueRequest) => void = () => undefined;
  /** What signing in comes to. */
  signInAnswer: Answer = 'confirm';
  /** There is no session: calls fail without a request until a sign-in is confirmed. */
  sessionLost = false;
  closed = false;
  private readonly inFlight = new Map<string, number>();
  private readonly running = { sync: 0, update: 0 };

  constructor(private readonly clock: Clock) {}

  get requests(): number {
    return this.log.length;
  }

  /** Product ids of every request so far, sign-ins apart. */
  get sent(): readonly (readonly string[])[] {
    return this.log.filter(({ call }) => call !== 'sign in').map(({ products }) => products.map((p) => p.productId));
  }

  /** Sizes of the product sync calls so far. */
  get batches(): readonly number[] {
    return this.log.filter(({ call }) => call === 'sync').map(({ products }) => products.length);
  }

  countOf(call: CatalogueRequest['call']): number {
    return this.log.filter((request) => request.call === call).length;
  }

  /** As if these had been sent before. */
  know(...products: readonly { readonly productId: string }[]): void {
    for (const { productId } of products)
      this.content.set(productId, { productId, productName: 'as it was', sellPrice: '0.00' });
  }

  async signIn(signal: AbortSignal): Promise<void> {
    if (!this.sessionLost) return;
    const request = this.note('sign in', []);
    await this.clock.sleep(this.latencyMs, signal);
    request.endedAt = this.clock.now();
    const failure = failureFor(this.signInAnswer);
    if (failure !== null) throw failure;
    this.sessionLost = false;
  }

  async sync(products: readonly SendableProduct[], signal: AbortSignal): Promise<void> {
    await this.request('sync', products, signal);
  }

  async update(product: SendableProduct, signal: AbortSignal): Promise<void> {
    await this.request('update', [product], signal);
  }

  close(): void {
    this.closed = true;
  }

  private async request(
    call: 'sync' | 'update',
    products: readonly SendableProduct[],
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    if (this.sessionLost) throw failureOf('session expired');
    const request = this.note(call, products);
    this.enter(call, products);
    try {
      this.onRequest(request);
      const answer = this.next.shift() ?? this.answer(request);
      await this.clock.sleep(this.latencyMs, signal);
      this.conclude(call, products, answer);
    } finally {
      request.endedAt = this.clock.now();
      this.leave(call, products);
    }
  }

  private conclude(call: 'sync' | 'update', products: readonly SendableProduct[], answer: Answer): void {
    if (typeof answer === 'object' && 'lost' in answer) {
      const { lost } = answer;
      if (lost === 'applied') this.apply(products);
      else if (typeof lost === 'number') void this.clock.sleep(lost, never).then(() => this.apply(products));
      throw failureOf('outcome unknown');
    }
    if (answer === 'session expired') this.sessionLost = true;
    const failure = failureFor(answer);
    if (failure !== null) throw failure;
    const refused = products.find(({ productId }) => this.refused.has(productId));
    if (refused !== undefined) throw failureOf('refused', this.refused.get(refused.productId));
    if (call === 'update' && products.some(({ productId }) => !this.content.has(productId)))
      throw failureOf('product unknown');
    this.apply(products);
  }

  private apply(products: readonly SendableProduct[]): void {
    for (const product of products) this.content.set(product.productId, product);
  }

  private note(call: CatalogueRequest['call'], products: readonly SendableProduct[]): CatalogueRequest {
    if (this.closed) this.breaches.push(`${call} after close`);
    const request = { call, products, startedAt: this.clock.now(), endedAt: null };
    this.log.push(request);
    return request;
  }

  private enter(call: 'sync' | 'update', products: readonly SendableProduct[]): void {
    if (products.length === 0 || products.length > maxProducts)
      this.breaches.push(`${products.length} products at once`);
    for (const { productId } of products) {
      const count = (this.inFlight.get(productId) ?? 0) + 1;
      this.inFlight.set(productId, count);
      if (count > 1) this.breaches.push(`${productId} was in flight ${count} times at once`);
    }
    this.running[call] += 1;
    this.mostInFlight[call] = Math.max(this.mostInFlight[call], this.running[call]);
  }

  private leave(call: 'sync' | 'update', products: readonly SendableProduct[]): void {
    for (const { productId } of products) this.inFlight.set(productId, (this.inFlight.get(productId) ?? 1) - 1);
    this.running[call] -= 1;
  }
}

function failureFor(answer: Answer): Error | null {
  if (answer === 'confirm') return null;
  if (typeof answer === 'string') return failureOf(answer);
  if ('throws' in answer) return answer.throws;
  return 'fails' in answer ? failureOf(answer.fails, answer.reason, answer.retryAfterMs) : null;
}
