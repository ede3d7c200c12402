/** The commands of which histories consist, and how they are drawn. */
import fc from 'fast-check';
import { weathers, type WeatherName } from './weather';
import type { Circumstances } from './world';

/** What a statement of the shop does with a product, or two. */
export interface Statement {
  readonly does:
    | 'insert'
    | 'update'
    | 'update to an old price'
    | 'delete'
    | 'rename'
    | 'respell'
    | 'change key'
    | 'swap keys'
    | 'take name away'
    | 'touch nothing'
    | 'write many';
  readonly key: number;
  readonly other: number;
}

export type Action =
  | {
      readonly who: 'shop';
      readonly statements: readonly Statement[];
      /** Milliseconds between two statements, and from the last one to the end. */
      readonly gapMs: number;
      readonly holdMs: number;
      readonly rollback: boolean;
    }
  | { readonly who: 'shop locks'; readonly what: 'product table' | 'ChangeLog' | 'page'; readonly forMs: number }
  | { readonly who: 'user'; readonly window: number; readonly asks: Asks; readonly picks: readonly number[] }
  | { readonly who: 'window'; readonly window: number; readonly does: 'open' | 'open and start' | 'close' }
  | { readonly who: 'kill'; readonly window: number; readonly afterSteps: number }
  | {
      readonly who: 'SQL Server';
      readonly does: 'drops writer' | 'drops reader' | 'goes down' | 'comes up';
      readonly window: number;
    }
  | {
      readonly who: 'Digible';
      readonly does:
        | 'revokes tokens'
        | 'forgets the account'
        | 'knows the account'
        | 'refuses'
        | 'accepts'
        | 'is poisoned by'
        | 'is cured of'
        | 'takes few'
        | 'takes many';
      readonly key: number;
    }
  | { readonly who: 'weather'; readonly turns: WeatherName };

export type Asks =
  | 'sync now'
  | 'upload'
  | 'resume upload'
  | 'start'
  | 'stop'
  | 'cancel'
  | 'discard'
  | 'discard rejected'
  | 'dismiss deleted'
  | 'retry rejected'
  | 'refresh'
  | 'verify'
  | 'verify and queue';

export interface Command {
  /** Milliseconds since the one before. */
  readonly pauseMs: number;
  readonly action: Action;
}

export interface History {
  readonly circumstances: Circumstances;
  readonly commands: readonly Command[];
  readonly healing: {
    readonly cureRefused: boolean;
    /** Kill whatever is there, and go on with a fresh window. */
    readonly fresh: boolean;
    readonly startBoth: boolean;
  };
}

const window = fc.constantFrom(0, 0, 0, 1);
const keys = 7;

const statement = fc.record<Statement>({
  does: fc.constantFrom(
    'update',
    'update',
    'update',
    'update',
    'insert',
    'insert',
    'delete',
    'delete',
    'update to an old price',
    'rename',
    'respell',
    'change key',
    'swap keys',
    'take name away',
    'touch nothing',
  ),
  key: fc.nat(keys - 1),
  other: fc.nat(keys - 1),
});

const write: fc.Arbitrary<Action> = fc.record({
  who: fc.constant('shop'),
  statements: fc.array(statement, { minLength: 1, maxLength: 3 }),
  gapMs: fc.constantFrom(0, 0, 40, 2500),
  holdMs: fc.constantFrom(0, 0, 0, 0, 30, 400, 3000, 40_000, 200_000),
  rollback: fc.constantFrom(false, false, false, false, true),
});

const writeMany: fc.Arbitrary<Action> = fc.record({
  who: fc.constant('shop'),
  statements: fc
    .record<Statement>({ does: fc.constant('write many'), key: fc.nat(600), other: fc.constant(0) })
    .map((one) => [one]),
  gapMs: fc.constant(0),
  holdMs: fc.constantFrom(0, 1000),
  rollback: fc.constant(false),
});

const lock: fc.Arbitrary<Action> = fc.record({
  who: fc.constant('shop locks'),
  what: fc.constantFrom('product table', 'ChangeLog', 'page'),
  forMs: fc.constantFrom(300, 1500, 2500, 12_000, 45_000),
});

const user: fc.Arbitrary<Action> = fc.record({
  who: fc.constant('user'),
  window,
  asks: fc.constantFrom<Asks[]>(
    'sync now',
    'sync now',
    'sync now',
    'start',
    'start',
    'stop',
    'upload',
    'resume upload',
    'cancel',
    'discard',
    'discard rejected',
    'dismiss deleted',
    'retry rejected',
    'refresh',
    'verify',
    'verify and queue',
  ),
  picks: fc.array(fc.nat(20), { minLength: 1, maxLength: 3 }),
});

const ofWindow: fc.Arbitrary<Action> = fc.record({
  who: fc.constant('window'),
  window: fc.constantFrom(0, 1),
  does: fc.constantFrom('open', 'open and start', 'open and start', 'close'),
});

const kill: fc.Arbitrary<Action> = fc.record({ who: fc.constant('kill'), window, afterSteps: fc.nat(60) });

const sqlServer: fc.Arbitrary<Action> = fc.record({
  who: fc.constant('SQL Server'),
  does: fc.constantFrom('drops writer', 'drops writer', 'drops reader', 'goes down', 'comes up', 'comes up'),
  window,
});

const digible: fc.Arbitrary<Action> = fc.record({
  who: fc.constant('Digible'),
  does: fc.constantFrom(
    'revokes tokens',
    'revokes tokens',
    'forgets the account',
    'knows the account',
    'knows the account',
    'refuses',
    'accepts',
    'is poisoned by',
    'is cured of',
    'takes few',
    'takes many',
  ),
  key: fc.nat(keys - 1),
});

const weather: fc.Arbitrary<Action> = fc.record({
  who: fc.constant('weather'),
  turns: fc.constantFrom<WeatherName[]>('clear', 'clear', 'clear', ...(Object.keys(weathers) as WeatherName[])),
});

const action = fc.oneof<fc.MaybeWeightedArbitrary<Action>[]>(
  { weight: 40, arbitrary: write },
  { weight: 1, arbitrary: writeMany },
  { weight: 4, arbitrary: lock },
  { weight: 24, arbitrary: user },
  { weight: 7, arbitrary: ofWindow },
  { weight: 8, arbitrary: kill },
  { weight: 5, arbitrary: sqlServer },
  { weight: 8, arbitrary: digible },
  { weight: 9, arbitrary: weather },
);

const command = fc.record<Command>({
  pauseMs: fc.constantFrom(0, 0, 3, 20, 90, 400, 1500, 6000, 20_000, 29_000, 31_000, 70_000, 130_000),
  action,
});

const circumstances = fc.record<Circumstances>({
  seed: fc.nat(),
  onePc: fc.boolean(),
  firstLogId: fc.constantFrom(1, 1, 8, 95, 9_999_999_990),
  stock: fc.constantFrom(0, 3, keys),
  uploaded: fc.constantFrom(true, true, false),
  tokenSeconds: fc.constantFrom(null, null, 3600, 90),
  intervalSeconds: fc.constantFrom(60, 120),
  updateConcurrency: fc.constantFrom(1, 8),
  bulkUpdateThreshold: fc.constantFrom(0, 3, 200),
  batchSize: fc.constantFrom(2, 200),
  concurrency: fc.constantFrom(1, 4),
});

export const history: fc.Arbitrary<History> = fc.record<History>({
  circumstances,
  commands: fc.array(command, { minLength: 1, maxLength: 60, size: 'max' }),
  healing: fc.record({ cureRefused: fc.boolean(), fresh: fc.boolean(), startBoth: fc.boolean() }),
});
