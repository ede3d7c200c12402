/** Many histories, one after the other, until one breaks a promise; that one is made as small as it gets. */
import fc from 'fast-check';
import { history } from './commands';
import { historyLines } from './historyLines';
import { Player } from './play';
import type { Violation } from './watch';

export interface CampaignOptions {
  readonly seed: number;
  readonly histories: number;
  /** Play only this one (fast-check's path), as a failure names it. */
  readonly path?: string;
  /** How long a failing history is made smaller, in milliseconds of this machine. */
  readonly shrinkMs?: number;
  /** Numbers of promises that may be broken. */
  readonly without?: string;
  /** Numbers of histories that are passed over. */
  readonly leaveOut?: ReadonlySet<number>;
  /** Called with the number of each history that breaks a promise; the campaign then goes on to its end. */
  readonly onBroken?: (number: number) => void;
  readonly onPlayed?: (player: Player) => void;
}

export interface Campaign {
  readonly histories: number;
  readonly failure: Failure | null;
}

export interface Failure {
  readonly violation: Violation;
  readonly seed: number;
  readonly path: string;
  /** Which history it was, the first is 1. */
  readonly number: number;
  /** Everything in lines that people can read. */
  readonly text: string;
}

export async function campaign({
  seed,
  histories,
  path,
  shrinkMs = 30_000,
  without = '',
  leaveOut,
  onBroken,
  onPlayed,
}: CampaignOptions): Promise<Campaign> {
  let played = 0;
  const failing: { first: { readonly time: number; readonly number: number } | null; smallest: Violation | null } = {
    first: null,
    smallest: null,
  };
  const property = fc.asyncProperty(history, async (one) => {
    // Once in a while the rest of the program gets its turn.
    if (++played % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    if (failing.first !== null && Date.now() > failing.first.time + shrinkMs) return;
    if (failing.first === null && leaveOut?.has(played) === true) return;
    const player = new Player(one);
    const found = await player.play();
    if (failing.first === null) onPlayed?.(player);
    if (found === null || without.includes(found.invariant.charAt(0))) return;
    if (onBroken !== undefined) {
      onBroken(played);
      return;
    }
    failing.first ??= { time: Date.now(), number: played };
    // What it is made smaller to is the same fault.
    if (failing.smallest !== null && failing.smallest.invariant !== found.invariant) return;
    failing.smallest = found;
    throw new Error(found.message);
  });
  const details = await fc.check(property, {
    seed,
    numRuns: histories,
    verbose: fc.VerbosityLevel.None,
    ...(path === undefined ? {} : { path }),
  });
  if (!details.failed) return { histories: details.numRuns, failure: null };
  const { first, smallest: last } = failing;
  if (last === null || first === null || details.counterexample === null)
    throw new Error('A history could not be played.', { cause: details.errorInstance });
  const [smallest] = details.counterexample;
  const number = path === undefined ? first.number : details.numRuns;
  const text = [
    `broken: ${last.invariant}`,
    `at ${last.message}`,
    `seed ${seed}, history ${number}, path ${details.counterexamplePath}, made smaller in ${details.numShrinks} steps:`,
    ...historyLines(smallest).map((line) => `  ${line}`),
    `again: npm run soak -- --seed ${seed} --path ${details.counterexamplePath}`,
  ].join('\n');
  return {
    histories: details.numRuns,
    failure: { violation: last, seed, path: details.counterexamplePath, number, text },
  };
}
