/** What is on its way to Digible: given up or not, a request may still arrive. */
import type { SendableProduct } from '../../src/sync/model';
import type { WireAnswer, WireRequest } from '../../src/sync/digible/wireFormat';
import { productsOf } from './digible';
import { collated } from './productVersions';
import type { Due } from './timeline';
import type { World } from './world';

/** A request that was given up is applied within this time, if at all (docs/promises.md). */
export const settlesWithinMs = 30_000;

/** One request, from its start until nothing of it can have an effect any more. */
export interface Flight {
  readonly process: string;
  readonly request: WireRequest;
  readonly products: readonly SendableProduct[];
  readonly startedAt: number;
  /** Epoch milliseconds; null: its client still waits. */
  givenUpAt: number | null;
  arrival: Due | null;
  /** Digible has seen it, or never will. */
  settled: boolean;
  /** Its program has ended, or lost its session with SQL Server, after giving it up. */
  orphan: boolean;
  /** Its program lost its session at this moment. */
  sessionLostAt: number | null;
}

export class Network {
  /** Those that are not over: in flight, or not settled. */
  private readonly flights = new Set<Flight>();
  lateArrivals = 0;

  constructor(private readonly world: World) {}

  launch(process: string, request: WireRequest): Flight {
    const flight: Flight = {
      process,
      request,
      products: productsOf(request),
      startedAt: this.world.timeline.now,
      givenUpAt: null,
      arrival: null,
      settled: false,
      orphan: false,
      sessionLostAt: null,
    };
    this.flights.add(flight);
    return flight;
  }

  /** It is handled `ms` from now; what comes back is told. */
  arrive(flight: Flight, ms: number, answered: (answer: WireAnswer) => void): void {
    flight.arrival = this.world.timeline.after(ms, () => {
      if (flight.settled) return;
      if (flight.givenUpAt !== null) this.lateArrivals += 1;
      answered(this.handle(flight));
    });
  }

  /** Its client has its answer. */
  over(flight: Flight): void {
    this.settle(flight);
    this.flights.delete(flight);
  }

  /** Its client has given it up. What has not arrived yet arrives later, as it would have or not, or never. */
  giveUp(flight: Flight): void {
    const { timeline, luck } = this.world;
    if (flight.givenUpAt !== null) return;
    flight.givenUpAt = timeline.now;
    flight.orphan = flight.sessionLostAt === timeline.now;
    if (flight.settled) {
      this.flights.delete(flight);
      return;
    }
    const stays = flight.arrival !== null && flight.arrival.at <= timeline.now + settlesWithinMs && luck.chance(0.4);
    if (!stays) {
      if (flight.arrival !== null) flight.arrival.cancelled = true;
      flight.arrival = null;
      if (luck.chance(0.6))
        this.arrive(flight, luck.pick([1, 500, 3000, 12_000, 25_000, 29_990, settlesWithinMs]), () => undefined);
    }
    timeline.after(settlesWithinMs, () => {
      this.settle(flight);
      this.flights.delete(flight);
    });
  }

  /** The program was killed, or its session with SQL Server has ended. */
  sessionEnded(process: string): void {
    for (const flight of this.flights)
      if (flight.process === process) {
        flight.sessionLostAt = this.world.timeline.now;
        if (flight.givenUpAt !== null) flight.orphan = true;
      }
  }

  /** A program has opened a session with SQL Server, or signed in anew: what orphans come to has happened by now. */
  settleOrphans(): void {
    for (const flight of [...this.flights]) {
      if (!flight.orphan || flight.settled) continue;
      if (flight.arrival !== null && !flight.arrival.cancelled && this.world.luck.chance(0.5)) {
        this.lateArrivals += 1;
        this.handle(flight);
      }
      this.settle(flight);
      this.flights.delete(flight);
    }
  }

  /** Requests of the process that have not come to their end for their client. */
  inFlightOf(process: string): readonly Flight[] {
    return [...this.flights].filter((flight) => flight.process === process && flight.givenUpAt === null);
  }

  get inFlight(): readonly Flight[] {
    return [...this.flights].filter(({ givenUpAt }) => givenUpAt === null);
  }

  /** Given up, and Digible may still apply them. */
  get open(): readonly Flight[] {
    return [...this.flights].filter(
      ({ products, givenUpAt, settled }) => products.length > 0 && givenUpAt !== null && !settled,
    );
  }

  /** Whether something is on its way that would make the catalogue's product older than this commit left it. */
  mayBecomeOlder(productId: string, commit: number): Flight | undefined {
    const { versions } = this.world.server;
    for (const flight of this.flights)
      if (!flight.settled)
        for (const product of flight.products)
          if (product.productId === productId && versions.versionOf(product) < commit) return flight;
    return undefined;
  }

  describe({ request, products, startedAt, givenUpAt }: Flight): string {
    const names = products.slice(0, 4).map(({ productId, sellPrice }) => `${collated(productId)} at ${sellPrice}`);
    const more = products.length > names.length ? ` and ${products.length - names.length} more` : '';
    const ended = givenUpAt === null ? '' : `, given up ${givenUpAt - startedAt} ms later`;
    return `the ${request.call} request of ${this.world.clockTime(startedAt)} with ${names.join(', ')}${more}${ended}`;
  }

  private handle(flight: Flight): WireAnswer {
    this.settle(flight);
    return this.world.digible.handle(flight.request);
  }

  private settle(flight: Flight): void {
    flight.settled = true;
    if (flight.arrival !== null) flight.arrival.cancelled = true;
  }
}
