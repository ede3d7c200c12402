/**
 * `npm run test:chaos`: `shopmaster watch` as a process between a shop that writes and a Digible, both on loopback. It is killed over and
 * over while whatever can fail does; then all is well again, and the catalogue has to become what the product table is. Ends with the
 * line "N passed, N failed", each check being one.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { optionsOrUsage } from '../../demo/scenario/options';
import { checksOf, figuresOf } from './figures';
import { Journal } from './journal';
import { readOptions, usage, type ChaosOptions } from './options';
import { Storm } from './storm';

async function main(): Promise<void> {
  const options = optionsOrUsage(() => readOptions(process.argv.slice(2)), usage);
  if (options === null) return;
  const { seed, kills, seconds } = options;
  say(`seed ${seed}; again: npm run test:chaos -- --seed ${seed} --kills ${kills} --seconds ${seconds}\n`);
  const folder = await mkdtemp(path.join(tmpdir(), 'shopmaster-chaos-'));
  const journal = new Journal();
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  let failed = 1;
  try {
    failed = await play(options, folder, journal, interrupted.signal);
  } finally {
    if (failed > 0 || options.keep) await keepJournal(journal);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** How many checks failed. */
async function play(options: ChaosOptions, folder: string, journal: Journal, signal: AbortSignal): Promise<number> {
  const storm = await Storm.prepare(options, folder, journal);
  try {
    const outcome = await storm.play(signal);
    for (const [figure, value] of figuresOf(outcome)) say(`  ${figure.padEnd(34)}${value}`);
    say('');
    const checks = checksOf(outcome, options);
    for (const { name, wrong } of checks) {
      say(`${wrong.length === 0 ? '✔' : '✘'} ${name}`);
      for (const what of wrong.slice(0, 5)) say(`    ${what}`);
      if (wrong.length > 5) say(`    … and ${wrong.length - 5} more`);
    }
    const failed = checks.filter(({ wrong }) => wrong.length > 0).length;
    for (const productId of [...outcome.verdict.lost, ...outcome.verdict.stale].slice(0, 2)) {
      say(`\nThe story of ${productId}:`);
      for (const line of journal.lines(productId)) say(line);
    }
    say(`\n${checks.length - failed} passed, ${failed} failed`);
    process.exitCode = failed === 0 ? 0 : 1;
    return failed;
  } finally {
    await storm.close();
  }
}

async function keepJournal(journal: Journal): Promise<void> {
  const file = path.join(tmpdir(), `shopmaster-chaos-${process.pid}.log`);
  await writeFile(file, `${journal.lines().join('\n')}\n`);
  process.stderr.write(`The journal: ${file}\n`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((failure: unknown) => {
  process.stderr.write(`${failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)}\n`);
  say('\n0 passed, 1 failed');
  process.exitCode = 1;
});
