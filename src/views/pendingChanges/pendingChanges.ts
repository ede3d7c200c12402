import { isRunning } from '../../sync/engineState';
import { toError, type ShopError } from '../../sync/errors';
import type { ChangeCounts, LogId, RejectedProduct } from '../../sync/model';
import { compareLogIds } from '../../sync/model';
import { OneAtATime } from '../../sync/oneAtATime';
import type { ChangeLog, Clock, Log } from '../../sync/ports';
import { asShopError } from '../../sync/runResult';
import type { ShopMaster } from '../../sync/shopMaster';
import {
  countedOf,
  groupKinds,
  isSameCount,
  shownTypes,
  type GroupKind,
  type LoggedKind,
  type RejectedRow,
  type Row,
} from './changeGroups';
import { noPages, pageSize, readOn, readRefused, type ListedLog, type Pages, type RefusedChange } from './changePages';

/** What of a shop is looked at. */
export interface ShopToLookAt {
  readonly master: Pick<ShopMaster, 'state' | 'refresh' | 'rejectedProducts'>;
  readonly database: { readonly changeLog: Pick<ChangeLog, 'list' | 'count'> };
}

export interface PendingChangesParts {
  /** The shop in use; rejects with a ShopError where there is none. */
  readonly openShop: () => Promise<ShopToLookAt>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Called whenever something may look different. */
  readonly changed: () => void;
}

/** What one look has found out. */
interface Figures {
  readonly counts: ChangeCounts;
  readonly rejected: readonly RejectedProduct[];
  readonly refused: ReadonlyMap<LogId, RefusedChange>;
  readonly readAt: number;
}

interface Group {
  /** Somebody looks at its rows. */
  opened: boolean;
  /** Rows that were asked for. */
  wanted: number;
  /** Null until they are asked for, and when they may be others by now. */
  pages: Pages | null;
  growing: Promise<void> | null;
}

/** After this many milliseconds rows are read again even where counts tell of no change. */
const trustedMs = 60_000;
/** What was read of ChangeLog is no longer true. */
const goneCodes: ReadonlySet<string> = new Set(['not-configured', 'table-missing']);

/** ChangeLog as far as somebody wants to see it: counts at each look, rows only of groups that are open and only the pages asked for. */
export class PendingChanges {
  private readonly turns = new OneAtATime();
  private groups = noGroups();
  private shop: ShopToLookAt | null = null;
  private figures: Figures | null = null;
  private trouble: ShopError | null = null;
  private ending = new AbortController();
  private queued: Promise<void> | null = null;
  private queuedAnew = false;
  /** The first change after all that is shown, as it was when it was last asked for. */
  private probe: { readonly after: LogId; readonly found: LogId | null } | null = null;

  constructor(private readonly parts: PendingChangesParts) {}

  /** Whether a look came to its end, well or not. */
  get hasLooked(): boolean {
    return this.figures !== null || this.trouble !== null;
  }

  /** Why the last look failed; rows may still be there from before. */
  get failure(): ShopError | null {
    return this.trouble;
  }

  /** ChangeLog or the product table is not there. */
  get isGone(): boolean {
    return this.trouble !== null && goneCodes.has(this.trouble.code);
  }

  /** As the last look that went through found them. */
  get counts(): ChangeCounts | null {
    return this.figures?.counts ?? null;
  }

  /** Rows of a group, read or not. */
  total(kind: GroupKind): number {
    if (this.figures === null) return 0;
    if (kind === 'rejected') return this.figures.rejected.length;
    const { pages } = this.groups[kind];
    if (pages !== null && !pages.more) return pages.rows.length;
    const refused = [...this.figures.refused.values()].map(({ change }) => change);
    const counted = countedOf(kind, this.figures.counts, refused);
    return pages === null ? counted : Math.max(counted, pages.rows.length + 1);
  }

  /** Whether a first page is there, perhaps without a row to show. */
  isRead(kind: GroupKind): boolean {
    return kind === 'rejected' || this.groups[kind].pages !== null;
  }

  /** Rows that are read. */
  rows(kind: GroupKind): readonly Row[] {
    return kind === 'rejected' ? this.rejectedRows() : (this.groups[kind].pages?.rows ?? []);
  }

  /** Looks at the counts and, where they tell of a change or `anew` is set, reads the rows. Never rejects: see `failure`. */
  look(anew: boolean): Promise<void> {
    this.queuedAnew ||= anew;
    this.queued ??= this.turns.run(async () => {
      const wasAnew = this.queuedAnew;
      this.queued = null;
      this.queuedAnew = false;
      if (await this.attempt(() => this.adoptShop())) await this.attempt(() => this.lookAround(wasAnew));
    });
    return this.queued;
  }

  /** Reads a group's first page unless that is done. As `look`. */
  async open(kind: GroupKind): Promise<void> {
    const group = this.groups[kind];
    group.opened = true;
    if (kind === 'rejected' || group.pages !== null || this.figures === null) return;
    await this.readInTurn(kind, group);
  }

  /** Nobody looks at its rows any more. */
  close(kind: GroupKind): void {
    this.groups[kind].opened = false;
  }

  /** One more page; asked again meanwhile, it stays one. As `look`. */
  showMore(kind: GroupKind): Promise<void> {
    const group = this.groups[kind];
    group.growing ??= this.grow(kind, group).finally(() => {
      group.growing = null;
    });
    return group.growing;
  }

  /** Forgets all of it: the shop is another one, or none. */
  reset(): void {
    this.ending.abort();
    this.ending = new AbortController();
    this.groups = noGroups();
    this.shop = null;
    this.figures = null;
    this.trouble = null;
    this.probe = null;
    this.parts.changed();
  }

  private async grow(kind: GroupKind, group: Group): Promise<void> {
    if (this.total(kind) <= this.rows(kind).length) return;
    group.wanted += pageSize;
    if (kind === 'rejected') this.parts.changed();
    else await this.readInTurn(kind, group);
  }

  private async readInTurn(kind: LoggedKind, group: Group): Promise<void> {
    await this.turns.run(() => this.attempt(() => this.read(kind, group)));
  }

  private async adoptShop(): Promise<void> {
    const shop = await this.parts.openShop();
    if (shop === this.shop) return;
    this.reset();
    this.shop = shop;
  }

  private async lookAround(anew: boolean): Promise<void> {
    const { shop } = this;
    const { signal } = this.ending;
    if (shop === null) return;
    const { changeLog } = shop.database;
    await shop.master.refresh();
    const { state } = shop.master;
    const { counts: known } = state;
    // During a run the state's counts are those from before it.
    const counts = isRunning(state) || known === null ? await changeLog.count(signal) : known;
    const rejected = await shop.master.rejectedProducts();
    signal.throwIfAborted();
    const probed = await this.probeNewest(changeLog, signal);
    if (anew || probed || this.isStale(counts, rejected)) await this.readAnew(changeLog, counts, rejected, signal);
    this.trouble = null;
  }

  private isStale(counts: ChangeCounts, rejected: readonly RejectedProduct[]): boolean {
    if (this.figures === null || this.trouble !== null) return true;
    const { figures } = this;
    return (
      !isSameCount(counts, figures.counts) ||
      JSON.stringify(rejected) !== JSON.stringify(figures.rejected) ||
      this.parts.clock.now() - figures.readAt >= trustedMs
    );
  }

  /** Of a change that came when another one went, the counts tell nothing. True where there is a newer one than before. */
  private async probeNewest(changeLog: ListedLog, signal: AbortSignal): Promise<boolean> {
    const after = this.lastShown();
    const before = this.probe;
    this.probe = null;
    if (after === null) return false;
    const [change] = await changeLog.list({ types: shownTypes }, after, 1, signal);
    signal.throwIfAborted();
    this.probe = { after, found: change?.logId ?? null };
    return before?.after === after && before.found !== this.probe.found;
  }

  /** The newest change that is read, where open groups are shown to their ends; null otherwise. */
  private lastShown(): LogId | null {
    let last: LogId | null = null;
    for (const { opened, pages } of Object.values(this.groups)) {
      if (!opened || pages === null) continue;
      if (pages.more) return null;
      if (pages.after !== null && (last === null || compareLogIds(pages.after, last) > 0)) last = pages.after;
    }
    return last;
  }

  private async readAnew(
    changeLog: ListedLog,
    counts: ChangeCounts,
    rejected: readonly RejectedProduct[],
    signal: AbortSignal,
  ): Promise<void> {
    const now = this.parts.clock.now();
    const refused = await readRefused(changeLog, rejected, signal);
    const pages = new Map<LoggedKind, Pages | null>();
    for (const kind of groupKinds) {
      if (kind === 'rejected') continue;
      const { opened, wanted } = this.groups[kind];
      pages.set(kind, opened ? await readOn(changeLog, noPages, { kind, wanted, hidden: refused, now }, signal) : null);
    }
    signal.throwIfAborted();
    this.figures = { counts, rejected, refused, readAt: now };
    for (const [kind, read] of pages) this.groups[kind].pages = read;
    for (const kind of groupKinds) if (this.total(kind) === 0) this.groups[kind].wanted = pageSize;
  }

  private async read(kind: LoggedKind, group: Group): Promise<void> {
    const { shop, figures } = this;
    const soFar = group.pages ?? noPages;
    // Another turn has read them, or forgotten all of it.
    if (shop === null || figures === null || this.groups[kind] !== group || soFar.rows.length >= group.wanted) return;
    const { signal } = this.ending;
    const request = { kind, wanted: group.wanted, hidden: figures.refused, now: this.parts.clock.now() };
    const pages = await readOn(shop.database.changeLog, soFar, request, signal);
    signal.throwIfAborted();
    group.pages = pages;
  }

  /** True where it went through. */
  private async attempt(work: () => Promise<void>): Promise<boolean> {
    const { signal } = this.ending;
    try {
      await work();
      return true;
    } catch (caught) {
      const error = asShopError(toError(caught), signal);
      // The shop was closed while it was looked at; another one takes its place.
      if (!signal.aborted && error.code !== 'cancelled') this.fail(error);
      return false;
    } finally {
      this.parts.changed();
    }
  }

  private fail(error: ShopError): void {
    if (this.trouble?.message !== error.message)
      this.parts.log.warn('the pending changes can’t be read', { code: error.code, error: error.message });
    this.trouble = error;
    if (!this.isGone) return;
    this.groups = noGroups();
    this.figures = null;
  }

  private rejectedRows(): readonly RejectedRow[] {
    if (this.figures === null) return [];
    const { rejected, refused, readAt } = this.figures;
    const newest = new Map([...refused.values()].map(({ product, change }) => [product.productId, change]));
    return rejected
      .slice(0, this.groups.rejected.wanted)
      .map((product) => ({ kind: 'rejected', product, change: newest.get(product.productId) ?? null, readAt }));
  }
}

function noGroups(): Record<GroupKind, Group> {
  const group = (): Group => ({ opened: false, wanted: pageSize, pages: null, growing: null });
  return { new: group(), changed: group(), rejected: group(), deleted: group() };
}
