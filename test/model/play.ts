/** Plays a history: its commands, then healing, then rest; and tells the first promise that was broken. */
import type { Action, Asks, History } from './commands';
import type { EngineProcess } from './engineProcess';
import { invariants } from './invariants';
import { clear, weathers } from './weather';
import { collated } from './productVersions';
import { nameOf, ShopProgram } from './shopProgram';
import { describe, type Violation } from './watch';
import { World } from './world';

/** Moments that a history may take: far more than any needs. */
const mostMoments = 60_000;
/** Rejected products are tried again after an hour at the latest. */
const restWithinMs = 2.5 * 3_600_000;

export async function play(history: History): Promise<Violation | null> {
  const player = new Player(history);
  return player.play();
}

export class Player {
  readonly world: World;
  private readonly shop: ShopProgram;

  constructor(private readonly history: History) {
    this.world = new World(history.circumstances);
    this.shop = new ShopProgram(this.world);
  }

  async play(): Promise<Violation | null> {
    const { stock, uploaded } = this.history.circumstances;
    this.shop.stock(stock, uploaded);
    this.world.open(0);
    for (const { pauseMs, action } of this.history.commands) {
      await this.advance(pauseMs);
      this.act(action);
      if (!this.goesOn()) break;
    }
    await this.advance(0);
    if (this.goesOn()) await this.heal();
    const { fired } = this.world.timeline;
    if (fired > mostMoments) this.notAtRest(`after ${fired} moments there is no end in sight`);
    return this.world.watch.violation;
  }

  private act(action: Action): void {
    const { world } = this;
    const { server, timeline } = world;
    switch (action.who) {
      case 'shop':
        void this.shop.write(action);
        return;
      case 'shop locks':
        if (action.what === 'page')
          server.pageLock = { keys: new Set([0, 1, 2].map(nameOf)), until: timeline.now + action.forMs };
        else
          server.tableLockedUntil[action.what === 'ChangeLog' ? 'changeLog' : 'products'] = timeline.now + action.forMs;
        return;
      case 'user': {
        const process = world.windows[action.window];
        if (process?.alive === true) this.ask(process, action.asks, action.picks);
        return;
      }
      case 'window': {
        if (action.does === 'close') {
          const process = world.windows[action.window];
          if (process?.alive === true) this.close(process);
          return;
        }
        const process = world.open(action.window);
        if (action.does === 'open and start') process.master.start();
        return;
      }
      case 'kill': {
        const process = world.windows[action.window];
        if (process?.alive === true) process.killIn = action.afterSteps;
        return;
      }
      case 'SQL Server':
        if (action.does === 'goes down' || action.does === 'comes up') server.down = action.does === 'goes down';
        else
          world.windows[action.window]?.sql.drop(action.does === 'drops writer' ? 'writer' : 'reader', world.ghostMs());
        return;
      case 'Digible':
        this.turn(action);
        return;
      case 'weather':
        world.weather = weathers[action.turns];
    }
  }

  private turn({ does, key }: Extract<Action, { who: 'Digible' }>): void {
    const { digible, watch } = this.world;
    const productId = nameOf(key);
    switch (does) {
      case 'revokes tokens':
        digible.revokeTokens();
        return;
      case 'forgets the account':
        digible.revokeTokens();
        digible.accountKnown = false;
        return;
      case 'knows the account':
        digible.accountKnown = true;
        return;
      case 'refuses':
        digible.refused.add(productId);
        watch.everUnwanted.add(productId);
        return;
      case 'accepts':
        digible.refused.delete(productId);
        return;
      case 'is poisoned by':
        digible.poison.add(productId);
        watch.everUnwanted.add(productId);
        return;
      case 'is cured of':
        digible.poison.delete(productId);
        return;
      case 'takes few':
        digible.mostProducts = 1 + key;
        return;
      case 'takes many':
        digible.mostProducts = 200;
    }
  }

  private ask(process: EngineProcess, asks: Asks, picks: readonly number[]): void {
    const { master } = process;
    const { server, watch } = this.world;
    switch (asks) {
      case 'sync now':
        process.ask(asks, () => master.syncNow());
        return;
      case 'upload':
        process.ask(asks, () => master.upload());
        return;
      case 'resume upload':
        process.ask(asks, () => master.upload({ resume: true }));
        return;
      case 'start':
        master.start();
        return;
      case 'stop':
        process.ask(asks, () => master.stop());
        return;
      case 'cancel':
        master.cancelRun();
        return;
      case 'refresh':
        process.ask(asks, () => master.refresh());
        return;
      case 'verify':
      case 'verify and queue':
        process.ask(asks, () => master.verify({ queue: asks !== 'verify' }));
        return;
      case 'retry rejected':
        process.ask(asks, () => master.retryRejected());
        return;
      case 'dismiss deleted':
        process.ask(asks, () => master.dismissDeleted());
        return;
      case 'discard': {
        const pending = server.visible.filter(({ changeType }) => changeType !== 'DELETE');
        const rows = new Set(picks.flatMap((pick) => pending[pick % Math.max(1, pending.length)] ?? []));
        for (const { logId } of rows) watch.discarded.add(logId);
        process.ask(asks, () => master.discard([...rows].map(({ logId }) => String(logId))));
        return;
      }
      case 'discard rejected':
        process.ask(asks, async () => {
          const rejected = (await master.rejectedProducts()).map(({ productId }) => productId);
          watch.discardingRejected.set(process.name, new Set(rejected.map(collated)));
          try {
            await master.discardRejected(rejected);
          } finally {
            watch.discardingRejected.delete(process.name);
          }
        });
    }
  }

  private close(process: EngineProcess): void {
    process.ask('close', async () => {
      await process.master.dispose();
      process.kill();
    });
  }

  private async heal(): Promise<void> {
    const { world, history } = this;
    const { digible, server, watch } = world;
    const { cureRefused, fresh, startBoth } = history.healing;
    world.weather = clear;
    digible.accountKnown = true;
    digible.mostProducts = 200;
    if (cureRefused) digible.refused.clear();
    server.down = false;
    server.tableLockedUntil.products = server.tableLockedUntil.changeLog = 0;
    server.pageLock = { keys: new Set(), until: 0 };
    this.shop.endAll();
    for (const process of world.alive) {
      if (fresh) process.kill();
      else process.killIn = null;
    }
    // Windows that were being closed have come to their end by then.
    await this.advance(60_000);
    for (const window of startBoth ? [0, 1] : [0]) world.open(window);
    for (const process of world.alive) {
      process.master.start();
      process.ask('sync now', () => process.master.syncNow());
    }
    const needsUpload = !history.circumstances.uploaded && watch.reached.confirmedUploads === 0;
    const [first] = world.alive;
    if (needsUpload && first !== undefined) await this.uploadAll(first);
    const tickMs = history.circumstances.intervalSeconds * 1000;
    await this.advance(2 * tickMs + 45_000);
    this.checkOthersArePast();
    digible.poison.clear();
    digible.refused.clear();
    if (needsUpload && first !== undefined) await this.uploadAll(first);
    await this.rest(tickMs);
    if (this.goesOn()) this.checkRest();
  }

  private async uploadAll(process: EngineProcess): Promise<void> {
    const { watch } = this.world;
    for (let tries = 0; tries < 3 && watch.reached.confirmedUploads === 0 && this.goesOn(); tries++) {
      for (const one of this.world.alive) one.ask('upload', () => one.master.upload({ resume: tries === 1 }));
      await this.advance(200_000);
    }
    // An upload may fail because of a poison product; the others are looked for by themselves.
    if (watch.reached.confirmedUploads === 0 && this.world.digible.poison.size === 0)
      this.notAtRest(`${process.name} could not upload though nothing is wrong`);
  }

  /** Ticks until nothing is sent any more and the catalogue is right, or until it should have been long ago. */
  private async rest(tickMs: number): Promise<void> {
    const { watch, timeline } = this.world;
    const end = timeline.now + restWithinMs;
    for (let quiet = 0; quiet < 2 && timeline.now < end && this.goesOn();) {
      const before = watch.reached.requests;
      await this.advance(tickMs);
      quiet =
        watch.reached.requests === before && this.wrong().length === 0 && this.leftPending().length === 0
          ? quiet + 1
          : 0;
    }
  }

  private checkRest(): void {
    const { watch, server } = this.world;
    const [wrong] = this.wrong();
    if (wrong !== undefined) watch.broken(invariants.converges, wrong);
    const [left] = this.leftPending();
    if (left !== undefined) watch.broken(invariants.rests, `${left} is still pending, and the catalogue is right`);
    for (const process of this.world.alive)
      for (const what of process.waiting.values()) this.notAtRest(`${process.name} never came to the end of: ${what}`);
    for (const key of server.versions.gone()) {
      const isShown = [...server.log.values()].some(({ product }) => collated(product.productId) === key);
      if (!isShown && !watch.isWaived(key))
        watch.broken(invariants.confirmed, `${key} was deleted, nobody dismissed that, and no DELETE shows it`);
    }
  }

  /** After two ticks without any other fault. */
  private checkOthersArePast(): void {
    const { watch, digible } = this.world;
    if (digible.poison.size === 0 && digible.refused.size === 0) return;
    const [wrong] = this.wrong();
    const poison = [...digible.poison, ...digible.refused].join(', ');
    if (wrong !== undefined)
      watch.broken(invariants.poison, `two ticks after all was well but for ${poison}: ${wrong}`);
  }

  /** Products that are not in the catalogue as they are, though they could be. */
  private wrong(): readonly string[] {
    const { server, digible, watch } = this.world;
    return [...server.products].flatMap(([key, { productId, productName, sellPrice }]) => {
      if (productName === null || sellPrice === null || watch.isWaived(key)) return [];
      if (digible.poison.size + digible.refused.size > 0 && watch.everUnwanted.has(productId)) return [];
      const there = digible.content.get(productId);
      if (there?.productName === productName && there.sellPrice === sellPrice) return [];
      // An upload is over before Digible takes what it refused then.
      if (watch.isLeftOut(productId) && server.versions.newest(key) === 1) return [];
      return [`Digible has ${productId} at ${String(there?.sellPrice)} instead of ${sellPrice}`];
    });
  }

  private leftPending(): readonly string[] {
    const { server } = this.world;
    return server.visible
      .filter(({ changeType, product }) => {
        const now = server.products.get(collated(product.productId));
        return changeType !== 'DELETE' && now?.productName !== null;
      })
      .map(describe);
  }

  private notAtRest(message: string): void {
    this.world.watch.broken(invariants.rests, message);
  }

  private goesOn(): boolean {
    return this.world.watch.violation === null && this.world.timeline.fired <= mostMoments;
  }

  private advance(ms: number): Promise<void> {
    return this.world.timeline.advance(ms, () => this.goesOn());
  }
}
