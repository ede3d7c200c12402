/** A Digible that goes down and comes back, whose requests are all seen. */
import { randomBytes } from 'node:crypto';
import {
  startDigible,
  type CatalogueEntry,
  type DigibleSandbox,
  type Fault,
  type RequestEvent,
} from '../../demo/digible/sandbox';
import { Counter } from './counter';
import type { Journal } from './journal';
import { pause } from './pause';

type Call = Extract<RequestEvent, { kind: 'arrived' }>['call'];

interface RequestInFlight {
  readonly call: Call;
  readonly products: readonly (readonly [productId: string, told: string])[];
}

/** A request that Digible gave no answer to, and is going to apply. */
interface Abandoned {
  readonly at: number;
  readonly timer: NodeJS.Timeout;
}

/** So many of a request's products are remembered as doubtful. */
const mostDoubtful = 10;

export class Digible {
  readonly requests = new Counter();
  readonly faults = new Counter();
  restarts = 0;
  /** Times that a product came in while another request with it was in flight. */
  collisions = 0;
  largestBatch = 0;
  malformed = 0;
  /** What each request held, as long as it may still be applied. */
  private readonly held = new Map<string, RequestInFlight['products']>();
  private readonly inFlight = new Map<string, RequestInFlight>();
  private readonly watchers = new Set<(call: Call) => void>();
  private readonly abandonWatchers = new Set<() => void>();
  private doubtfulProducts: readonly string[] = [];
  private tokenKey = randomBytes(32);
  private sandbox: DigibleSandbox | null = null;
  private abandoned: Abandoned | null = null;
  private port = 0;

  /** @param settledWithKillMs a request given up so shortly before a kill counts as in flight when the process died */
  constructor(
    private readonly journal: Journal,
    private readonly settledWithKillMs: number,
  ) {}

  get running(): DigibleSandbox {
    if (this.sandbox === null) throw new Error('The sandbox is down.');
    return this.sandbox;
  }

  get isDown(): boolean {
    return this.sandbox === null;
  }

  get catalogue(): ReadonlyMap<string, CatalogueEntry> {
    return this.running.catalogue;
  }

  async start(catalogue: ReadonlyMap<string, CatalogueEntry> = new Map()): Promise<void> {
    const generation = this.restarts;
    this.sandbox = await startDigible({
      port: this.port,
      tokenKey: this.tokenKey,
      latencyMs: 15,
      products: [...catalogue].map(([productId, entry]) => ({ productId, ...entry })),
      onRequest: (request, event) => this.see(`#${generation}.${request}`, event),
    });
    this.port = Number(new URL(this.sandbox.baseUrl).port);
  }

  /** Down for so long, on the same port and with the same catalogue afterwards. What it had not applied by then it never does. */
  async restart(downMs: number, keepTokens: boolean, signal: AbortSignal): Promise<void> {
    const { catalogue, latency, tokenTerms } = this.running;
    this.journal.note(`the sandbox goes down for ${downMs} ms, its tokens ${keepTokens ? 'stay' : 'are lost'}`);
    await this.close();
    await pause(downMs, signal);
    if (!keepTokens) this.tokenKey = randomBytes(32);
    this.restarts += 1;
    await this.start(catalogue);
    Object.assign(this.running.latency, latency);
    Object.assign(this.running.tokenTerms, tokenTerms);
    this.journal.note('the sandbox is up again');
  }

  /** The next request that matches; `told` names it in the figures. */
  placeFault(fault: Fault, told: string = fault.kind): void {
    void this.running.faults
      .add(fault)
      .nextHit()
      .then(() => this.faults.add(told));
  }

  /** The next request with products is given no answer, and applied so much later. One at a time. */
  placeAppliedLate(afterMs: number): void {
    const { faults } = this.running;
    if (this.abandoned !== null || faults.list.some(({ fault, hits }) => fault.kind === 'applied late' && hits === 0))
      return;
    const placed = faults.add({ kind: 'applied late', calls: ['sync', 'update'], times: 1 });
    void placed.nextHit().then(() => {
      this.faults.add('applied late');
      const timer = setTimeout(() => this.applyAbandoned(), afterMs);
      this.abandoned = { at: performance.now(), timer };
      for (const watcher of this.abandonWatchers) watcher();
    });
  }

  /** Products of the last request that was given no clear answer: where a shop writes now, a mistake would show. */
  get doubtful(): readonly string[] {
    return this.doubtfulProducts;
  }

  onAbandoned(watcher: () => void): { dispose(): void } {
    this.abandonWatchers.add(watcher);
    return { dispose: () => void this.abandonWatchers.delete(watcher) };
  }

  /** A process was killed: what was in flight then is settled before the next one has signed in (docs/promises.md). */
  settleWithKill(): void {
    if (this.abandoned !== null && performance.now() - this.abandoned.at < this.settledWithKillMs)
      this.applyAbandoned();
  }

  /** The calls under way just now. */
  get callsInFlight(): ReadonlySet<Call> {
    return new Set([...this.inFlight.values()].map(({ call }) => call));
  }

  onArrival(watcher: (call: Call) => void): { dispose(): void } {
    this.watchers.add(watcher);
    return { dispose: () => void this.watchers.delete(watcher) };
  }

  async close(): Promise<void> {
    const { sandbox } = this;
    if (sandbox === null) return;
    this.sandbox = null;
    if (this.abandoned !== null) clearTimeout(this.abandoned.timer);
    this.abandoned = null;
    await sandbox.close();
    this.largestBatch = Math.max(this.largestBatch, sandbox.stats.largestBatch);
    this.malformed += sandbox.stats.malformed;
    this.inFlight.clear();
  }

  private applyAbandoned(): void {
    if (this.abandoned !== null) clearTimeout(this.abandoned.timer);
    this.abandoned = null;
    this.sandbox?.faults.applyAbandoned();
  }

  private see(request: string, event: RequestEvent): void {
    switch (event.kind) {
      case 'arrived': {
        const products = event.products.map(
          ({ productId, productName, productPrice }) => [productId, `${productName} ${productPrice}`] as const,
        );
        this.requests.add(event.call);
        for (const [other, { products: others }] of this.inFlight) {
          const ids = new Set(others.map(([id]) => id));
          const twice = products.filter(([id]) => ids.has(id));
          if (twice.length === 0) continue;
          this.collisions += twice.length;
          this.journal.noteOf(`${request} COLLIDES with ${other}`, twice);
        }
        this.inFlight.set(request, { call: event.call, products });
        this.held.set(request, products);
        this.note(request, event.call);
        for (const watcher of this.watchers) watcher(event.call);
        return;
      }
      case 'applied': {
        this.note(request, 'applied');
        return;
      }
      case 'left': {
        const left = this.inFlight.get(request);
        this.inFlight.delete(request);
        if (left !== undefined && left.products.length > 0 && event.how !== '200')
          this.doubtfulProducts = left.products.slice(0, mostDoubtful).map(([id]) => id);
        this.note(request, `left: ${event.how}`);
      }
    }
  }

  private note(request: string, what: string): void {
    const products = this.held.get(request) ?? [];
    if (products.length > 0) this.journal.noteOf(`${request} ${what}`, products);
    else this.journal.note(`${request} ${what}`);
  }
}
