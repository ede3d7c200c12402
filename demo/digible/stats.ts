/** What the sandbox saw, counted as it happened. */
import type { Call } from './checks';

export interface SeenRequest {
  /** Epoch milliseconds of its end. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** Null: the connection ended without an answer. */
  readonly status: number | null;
  readonly products: number;
  readonly ms: number;
}

export interface Counters {
  /** Requests of each call, faulty and refused ones included. */
  readonly requests: Readonly<Record<Call, number>>;
  /** Requests that failed the strict checks of shape, types and sizes. */
  readonly malformed: number;
  /** Connections that made a call; the sandbox's own pages not counted. */
  readonly connections: number;
  readonly inFlight: number;
  readonly maxInFlight: number;
  /** Times that a product came in while another request with it was in flight. */
  readonly inFlightViolations: number;
  readonly largestBatch: number;
  /** Products that went into the catalogue, each time anew. */
  readonly productsApplied: number;
}

const recentKept = 50;

export class Stats implements Counters {
  requests = { login: 0, sync: 0, update: 0 };
  malformed = 0;
  connections = 0;
  inFlight = 0;
  maxInFlight = 0;
  inFlightViolations = 0;
  largestBatch = 0;
  productsApplied = 0;
  private readonly products = new Map<string, number>();
  private readonly seen: SeenRequest[] = [];
  private readonly listeners = new Set<() => void>();

  /** The last requests, the newest first. */
  get recent(): readonly SeenRequest[] {
    return [...this.seen].reverse();
  }

  begin(call: Call): void {
    this.requests[call] += 1;
    this.inFlight += 1;
    this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
  }

  beginProducts(productIds: ReadonlySet<string>): void {
    this.largestBatch = Math.max(this.largestBatch, productIds.size);
    for (const productId of productIds) {
      const others = this.products.get(productId) ?? 0;
      if (others > 0) this.inFlightViolations += 1;
      this.products.set(productId, others + 1);
    }
  }

  /** The request is no longer in flight, nor are its products. */
  leave(productIds: ReadonlySet<string>): void {
    this.inFlight -= 1;
    for (const productId of productIds) {
      const others = (this.products.get(productId) ?? 1) - 1;
      if (others === 0) this.products.delete(productId);
      else this.products.set(productId, others);
    }
  }

  end(request: SeenRequest): void {
    this.seen.push(request);
    if (this.seen.length > recentKept) this.seen.shift();
    for (const listener of this.listeners) listener();
  }

  /** Counts from zero again; what is in flight stays counted. */
  reset(): void {
    this.requests = { login: 0, sync: 0, update: 0 };
    this.malformed = this.connections = this.inFlightViolations = this.largestBatch = this.productsApplied = 0;
    this.maxInFlight = this.inFlight;
    this.seen.length = 0;
  }

  toJSON(): Counters {
    const { requests, malformed, connections, inFlight, maxInFlight, inFlightViolations } = this;
    const { largestBatch, productsApplied } = this;
    return {
      requests,
      malformed,
      connections,
      inFlight,
      maxInFlight,
      inFlightViolations,
      largestBatch,
      productsApplied,
    };
  }

  onDidChange(listener: () => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }
}
