import { parseArgs } from 'node:util';
import { wholeNumber } from '../../demo/scenario/options';

export const usage = 'usage: npm run test:chaos -- [--kills N] [--seconds N] [--seed N] [--keep]';

export interface ChaosOptions {
  /** Of the random decisions. The same seed decides the same; when it strikes depends on the machine. */
  readonly seed: number;
  /** The storm goes on until so many processes were killed … */
  readonly kills: number;
  /** … and so many seconds have passed. */
  readonly seconds: number;
  /** The journal, the settings and what the processes wrote are kept also where everything went well. */
  readonly keep: boolean;
}

export function readOptions(argv: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
      kills: { type: 'string', default: '100' },
      seconds: { type: 'string', default: '60' },
      keep: { type: 'boolean', default: false },
    },
  });
  return {
    seed: wholeNumber('seed', values.seed),
    kills: wholeNumber('kills', values.kills, 1_000_000),
    seconds: wholeNumber('seconds', values.seconds, 86_400),
    keep: values.keep,
  };
}
