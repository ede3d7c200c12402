/** What goes wrong at SQL Server and Digible while processes are killed: every kind once, in random order, and again. */
import type { Fault } from '../../demo/digible/sandbox';
import { Counter } from './counter';
import type { Journal } from './journal';
import { happens } from './moments';
import type { Pace } from './pace';
import { pause } from './pause';
import { acknowledgement, productsRead } from './phase';
import type { Random } from './random';
import { settleSeconds, type World } from './world';

const products = ['sync', 'update'] as const;
/** Statements of shopMaster on which its connection breaks. */
const statements: readonly RegExp[] = [acknowledgement, /@page/, productsRead, /sp_getapplock/];

type Trouble = (random: Random, signal: AbortSignal) => void | Promise<void>;

export class Weather {
  readonly cuts = new Counter();
  private readonly kinds: readonly Trouble[];

  constructor(
    private readonly world: World,
    private readonly journal: Journal,
  ) {
    this.kinds = [...this.sqlServerTrouble(), ...this.digibleTrouble()];
  }

  /** With as much quiet in between that processes get somewhere: trouble without end would only show that they can't. */
  async storm(random: Random, pace: Pace, signal: AbortSignal): Promise<void> {
    let left: Trouble[] = [];
    while (!signal.aborted) {
      if (left.length === 0) left = [...this.kinds];
      const [trouble] = left.splice(random.whole(0, left.length - 1), 1);
      await trouble?.(random, signal);
      await this.quiet(random.whole(1, 10), 1.5 * pace.ms, signal);
    }
  }

  /** Besides, one request after the other that Digible applies late: after the next process has begun, and in the time that it is given. */
  async lateness(random: Random, pace: Pace, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(random.spread(0.1, 2) * pace.ms, signal);
      const longest = settleSeconds * 800;
      if (!this.world.digible.isDown)
        this.world.digible.placeAppliedLate(random.whole(random.pick([50, longest / 2]), longest));
    }
  }

  /** Until so many requests have come, or none wants to. */
  private async quiet(requests: number, patienceMs: number, signal: AbortSignal): Promise<void> {
    let left = requests;
    const watch = (happened: () => void): { dispose(): void } =>
      this.world.digible.onArrival(() => {
        left -= 1;
        if (left === 0) happened();
      });
    await happens(watch, patienceMs, signal);
  }

  /** Nothing goes wrong any more; who still waits for an answer that never comes is told so. */
  async heal(): Promise<void> {
    const { sqlServer, digible } = this.world;
    sqlServer.faults.clear();
    await sqlServer.faults.listenAgain();
    await digible.restart(0, true, new AbortController().signal);
    Object.assign(digible.running.tokenTerms, { clockAheadSeconds: 0, lifetimeSeconds: 3600, issuedAt: true });
    this.journal.note('healed');
  }

  private sqlServerTrouble(): readonly Trouble[] {
    const { sqlServer } = this.world;
    const { faults } = sqlServer;
    const cutAll = (): void => {
      this.journal.note("all of shopMaster's connections to SQL Server are cut");
      faults.dropConnections(({ applicationName }) => applicationName === 'shopMaster');
    };
    const planned = new Set<RegExp>();
    const plan =
      (told: string, patterns: readonly RegExp[], fault: (pattern: RegExp) => void): Trouble =>
      (random) => {
        const pattern = random.pick(patterns);
        if (planned.has(pattern)) return;
        planned.add(pattern);
        this.journal.note(`${told} is planned for ${pattern.source}`);
        fault(pattern);
        const watching = faults.onStatement((text) => {
          if (!pattern.test(text)) return;
          watching.dispose();
          planned.delete(pattern);
          this.cuts.add(told);
          this.journal.note(`${told} strikes ${pattern.source}`);
        });
      };
    const cutOn = (when: 'before' | 'after'): Trouble =>
      plan(`cut ${when} a statement`, statements, (pattern) => faults.dropOnStatement(pattern, when));
    const fail = (number: number): Trouble =>
      plan(`error ${number}`, statements.slice(0, 3), (pattern) => faults.failStatement(pattern, { number }));
    return [
      () => {
        this.cuts.add('all connections');
        cutAll();
      },
      cutOn('before'),
      cutOn('after'),
      fail(1205),
      fail(1222),
      async (random, signal) => {
        this.cuts.add('not listening');
        faults.stopListening();
        cutAll();
        await pause(random.spread(50, 800), signal);
        await faults.listenAgain();
      },
    ];
  }

  private digibleTrouble(): readonly Trouble[] {
    const { digible } = this.world;
    const place =
      (fault: Fault, told?: string): Trouble =>
      () =>
        digible.placeFault({ calls: products, times: 1, ...fault }, told);
    const both = (kind: 'html error' | 'dropped' | 'cut off' | 'not json'): readonly Trouble[] => [
      place({ kind }, kind),
      place({ kind, applied: true }, `${kind}, applied`),
    ];
    const hanging =
      (applied: boolean): Trouble =>
      async (random, signal) => {
        // Nobody waits for its end, 30 s: the sandbox goes down, as whatever hangs is restarted in the end.
        digible.placeFault({ kind: 'hanging', applied, calls: products, times: 1 }, 'hanging');
        await pause(random.spread(200, 2_000), signal);
        await digible.restart(random.whole(0, 100), random.chance(0.5), signal);
      };
    return [
      place({ kind: 'throttled', retryAfter: 0 }),
      place({ kind: 'throttled', retryAfter: 1 }),
      place({ kind: 'unavailable' }),
      ...both('html error'),
      ...both('dropped'),
      ...both('cut off'),
      ...both('not json'),
      place({ kind: 'success false' }),
      place({ kind: 'answer', status: 504, body: 'Gateway Timeout', applied: true }, '504, applied'),
      place({ kind: 'token revoked' }),
      place({ kind: 'html error', calls: ['login'] }, 'html error at sign-in'),
      place({ kind: 'dropped', calls: ['login'] }, 'dropped at sign-in'),
      place({ kind: 'odd token', token: 'not-a-token', calls: ['login'] }),
      hanging(false),
      hanging(true),
      (random, signal) => digible.restart(random.whole(0, 600), random.chance(0.5), signal),
      () => {
        this.journal.note('no token is valid any longer');
        digible.faults.add('all tokens revoked');
        digible.running.revokeTokens();
      },
      (random) => this.skewClock(random),
      (random) => this.skewClock(random),
      (random) => {
        Object.assign(digible.running.latency, { ms: random.whole(0, 60), perProductMs: random.next() * 0.3 });
      },
    ];
  }

  /** Digible's clock against this machine's, and tokens that say more or less about their end. */
  private skewClock(random: Random): void {
    const { digible } = this.world;
    const terms = {
      clockAheadSeconds: random.pick([-7200, -90, 0, 90, 7200]),
      lifetimeSeconds: random.pick([null, 2, 30, 3600]),
      issuedAt: random.chance(0.5),
    };
    this.journal.note(`tokens from now on: ${JSON.stringify(terms)}`);
    digible.faults.add('clock skew');
    Object.assign(digible.running.tokenTerms, terms);
  }
}
