/** Watches a world and notes the first promise that is broken. */
import type { EngineState } from '../../src/sync/engineState';
import type { WireAnswer } from '../../src/sync/digible/wireFormat';
import type { RunResult } from '../../src/sync/runResult';
import type { EngineProcess } from './engineProcess';
import { invariants, type InvariantName } from './invariants';
import { settlesWithinMs, type Flight } from './network';
import { collated, type CollatedKey } from './productVersions';
import { isPending, type LogRow, type SqlServerWatch } from './sqlServer';
import type { World } from './world';

export interface Violation {
  readonly invariant: InvariantName;
  readonly message: string;
}

const mostProducts = 200;

export class Watch implements SqlServerWatch {
  violation: Violation | null = null;
  /** Changes that users want never to be sent. */
  readonly discarded = new Set<number>();
  /** Processes that carry out a discard of what was refused, with the products chosen. */
  readonly discardingRejected = new Map<string, ReadonlySet<CollatedKey>>();
  /** Products that Digible would not have at some time: an upload leaves them out. */
  readonly everUnwanted = new Set<string>();
  /** Products that a request of their own failed with: an upload leaves them out and tells so. */
  readonly failedAlone = new Set<string>();
  /** Counted, to see what histories reach. */
  readonly reached = {
    requests: 0,
    acknowledged: 0,
    confirmedUploads: 0,
    syncs: 0,
    verified: 0,
    discarded: 0,
    watched: 0,
  };
  /** By collated key, the commit whose change was discarded or dismissed last. */
  private readonly waived = new Map<CollatedKey, number>();
  private readonly withoutSession = new Set<string>();
  private readonly running = new Map<string, EngineState['phase']>();

  constructor(private readonly world: World) {}

  /** Only the first one counts: what follows is its consequence. */
  broken(invariant: InvariantName, message: string): void {
    this.violation ??= { invariant, message: `${this.world.clockTime()} ${message}` };
  }

  /** Whether the newest change of a product was discarded, or its deletion dismissed. */
  isWaived(key: CollatedKey): boolean {
    return this.waived.get(key) === this.world.server.versions.newest(key);
  }

  /** Whether an upload may have come through without it. */
  isLeftOut(productId: string): boolean {
    return this.everUnwanted.has(productId) || this.failedAlone.has(productId);
  }

  // --- changes

  acknowledged(process: string, row: LogRow): void {
    const key = collated(row.product.productId);
    if (this.discarded.has(row.logId) || this.discardingRejected.get(process)?.has(key) === true) {
      this.reached.discarded += 1;
      this.waive(row);
      return;
    }
    this.reached.acknowledged += 1;
    const { server, digible, network } = this.world;
    const { versions } = server;
    if (isPending(row) && versions.wasGoneSince(key, row.commit)) return;
    let why = `Digible has nothing as new as commit ${row.commit}`;
    for (const productId of versions.spellings(key)) {
      const there = digible.content.get(productId);
      if (there === undefined || versions.versionOf(there) < row.commit) continue;
      const older = network.mayBecomeOlder(productId, row.commit);
      if (older === undefined) return;
      why = `${network.describe(older)} may still be applied`;
    }
    this.broken(invariants.confirmed, `${process} acknowledged ${describe(row)} though ${why}`);
  }

  markedDeleted(process: string, row: LogRow): void {
    if (this.world.server.versions.wasGoneSince(collated(row.product.productId), row.commit)) return;
    this.broken(invariants.confirmed, `${process} made a DELETE of ${describe(row)} though the product was never gone`);
  }

  dismissed(row: LogRow): void {
    this.waive(row);
  }

  // --- requests

  requestStarts(process: EngineProcess, flight: Flight): void {
    this.reached.requests += 1;
    const { request, products } = flight;
    if (request.call === 'sign in') return;
    const { network, server } = this.world;
    const told = `${process.name} started ${network.describe(flight)}`;
    if (products.length === 0 || products.length > mostProducts)
      this.broken(invariants.order, `${told}: ${products.length} products at once`);
    const ids = new Set(products.map(({ productId }) => productId));
    if (ids.size < products.length) this.broken(invariants.order, `${told}: a product twice`);
    for (const other of network.inFlight)
      if (other !== flight && other.products.some(({ productId }) => ids.has(productId)))
        this.broken(invariants.order, `${told} while ${network.describe(other)} was in flight`);
    if (this.withoutSession.has(process.name))
      this.broken(invariants.order, `${told} after its session was lost for good`);
    const holder = server.lockHolder?.owner;
    if (holder !== process.name)
      this.broken(
        invariants.oneWriter,
        `${told} while the writer lock was ${holder === undefined ? 'free' : `held by ${holder}`}`,
      );
  }

  answered(process: EngineProcess, { request, products }: Flight, { status }: WireAnswer): void {
    const [only, second] = products;
    if (status !== 200 && only !== undefined && second === undefined) this.failedAlone.add(only.productId);
    if (request.call !== 'sign in') return;
    if (status === 200) this.withoutSession.delete(process.name);
    else if (status === 401) this.withoutSession.add(process.name);
  }

  // --- runs

  stateChanged({ name }: EngineProcess, { phase }: EngineState): void {
    if (phase !== 'syncing' && phase !== 'uploading' && phase !== 'verifying') return;
    const other = this.running.get(name);
    if (other !== undefined && other !== phase)
      this.broken(invariants.order, `${name} was ${phase} while it was ${other}`);
    this.running.set(name, phase);
  }

  runFinished({ name }: EngineProcess, { trigger, report, error }: RunResult): void {
    this.running.delete(name);
    if (trigger === 'verify') {
      this.reached.verified += 1;
      return;
    }
    if (trigger !== 'upload') {
      this.reached.syncs += 1;
      if ('anotherWriter' in report && report.anotherWriter) this.reached.watched += 1;
      return;
    }
    if (error !== null || report.cancelled) return;
    this.reached.confirmedUploads += 1;
    const { network, timeline } = this.world;
    for (const flight of network.open)
      if (flight.process === name && timeline.now < (flight.givenUpAt ?? 0) + settlesWithinMs)
        this.broken(invariants.order, `${name} ended an upload while ${network.describe(flight)} may still be applied`);
    this.checkUploaded(
      name,
      new Set('rejections' in report ? report.rejections.map(({ productId }) => productId) : []),
    );
  }

  processEnded({ name }: EngineProcess): void {
    this.running.delete(name);
    this.discardingRejected.delete(name);
  }

  private waive({ product, commit }: LogRow): void {
    const key = collated(product.productId);
    this.waived.set(key, Math.max(commit, this.waived.get(key) ?? 0));
  }

  /** After an upload that came through, what has no pending change and was not told as rejected must be in the catalogue as it is. */
  private checkUploaded(process: string, rejected: ReadonlySet<string>): void {
    const { server, digible } = this.world;
    const changing = new Set([...server.log.values()].map(({ product }) => collated(product.productId)));
    for (const [key, product] of server.products) {
      if (rejected.has(product.productId) || changing.has(key) || server.isRowLocked(key) || this.isWaived(key))
        continue;
      if (product.productName === null || product.sellPrice === null || this.isLeftOut(product.productId)) continue;
      const there = digible.content.get(product.productId);
      if (there?.sellPrice !== product.sellPrice || there.productName !== product.productName)
        this.broken(
          invariants.converges,
          `${process} ended an upload, and Digible has ${product.productId} at ${String(there?.sellPrice)} instead of ${product.sellPrice}`,
        );
    }
  }
}

export function describe({ changeType, product, logId, commit }: LogRow): string {
  return `change ${logId}, ${changeType} ${product.productId} at ${String(product.sellPrice)} (commit ${commit}),`;
}
