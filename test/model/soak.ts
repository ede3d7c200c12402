/** usage: npm run soak -- [--histories N] [--seed N] [--path P] [--without 5] [--shrink SECONDS] [--leave-out N,N] [--planted] */
import { parseArgs } from 'node:util';
import { campaign } from './campaign';
import { plantBugs } from './plantBugs';

const everyMs = 5000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      histories: { type: 'string' },
      seed: { type: 'string' },
      path: { type: 'string' },
      without: { type: 'string', default: '' },
      shrink: { type: 'string', default: '30' },
      'leave-out': { type: 'string', default: '' },
      planted: { type: 'boolean', default: false },
    },
  });
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  if (values.planted) {
    const { seed = 1, histories = 2000 } = values;
    const allCaught = await plantBugs({ seed: Number(seed), histories: Number(histories), print });
    if (!allCaught) process.exitCode = 1;
    return;
  }
  const histories = Number(values.histories ?? 10_000);
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  print(`${histories} histories, seed ${seed}`);
  const started = Date.now();
  let toldAt = started;
  let played = 0;
  const reached = new Map<string, number>();
  const note = (what: string, count: number): void => void reached.set(what, (reached.get(what) ?? 0) + count);
  const perSecond = (): string => ((1000 * played) / Math.max(1, Date.now() - started)).toFixed(0);
  const { failure } = await campaign({
    seed,
    histories,
    without: values.without,
    leaveOut: new Set(values['leave-out'].split(',').map(Number)),
    shrinkMs: 1000 * Number(values.shrink),
    ...(values.path === undefined ? {} : { path: values.path }),
    onPlayed: ({ world }) => {
      played += 1;
      for (const [what, count] of Object.entries(world.watch.reached)) note(what, count);
      note('lateArrivals', world.network.lateArrivals);
      note('moments', world.timeline.fired);
      if (Date.now() < toldAt + everyMs) return;
      toldAt = Date.now();
      print(`${played} played, ${perSecond()} histories/s`);
    },
  });
  print([...reached].map(([what, count]) => `${what} ${count}`).join(', '));
  if (failure !== null) {
    print(`FAILED after ${played} histories\n${failure.text}`);
    process.exitCode = 1;
  } else print(`${played} histories, no promise broken, ${perSecond()} histories/s`);
}

void main();
