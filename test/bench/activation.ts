/**
 * `npx tsx test/bench/activation.ts [--starts N] [--version lowest|current]`: what the extension, as it is packed, costs VS Code at its
 * start. Each start is that of a new VS Code (see test/vscode/README.md for which). Prints one line of JSON; milliseconds are medians.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildExtension } from '../../demo/vscode/builtExtension';
import { startVsCode } from '../vscode/host/vsCode';
import { versionNames } from '../vscode/host/versions';

/** One start, seen from outside of the extension. */
interface Start {
  /** Reading and running extension.js and what it loads at once, ms. */
  readonly loadMs: number;
  /** The call of `activate`, ms. */
  readonly activateMs: number;
  /** The extension's files that are loaded by then, from its folder. */
  readonly files: readonly string[];
}

const deadlineMs = 60_000;
const pollMs = 50;
const startFile = 'SHOPMASTER_BENCH_START';

/** Takes the place of the extension, and its time. */
const stopwatch = `
const { writeFileSync, renameSync } = require('node:fs');
const path = require('node:path');
const { performance } = require('node:perf_hooks');
exports.activate = (context) => {
  const began = performance.now();
  const extension = require('./dist/extension.js');
  const loaded = performance.now();
  const activated = extension.activate(context);
  const ended = performance.now();
  exports.deactivate = extension.deactivate;
  const ours = Object.keys(require.cache).filter((file) => file.startsWith(path.join(__dirname, 'dist')));
  const files = ours.map((file) => path.relative(__dirname, file));
  const file = process.env.${startFile};
  writeFileSync(file + '.new', JSON.stringify({ loadMs: loaded - began, activateMs: ended - loaded, files }));
  renameSync(file + '.new', file);
  return activated;
};
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { starts: { type: 'string', default: '5' }, version: { type: 'string', default: 'current' } },
  });
  const version = versionNames.find((name) => name === values.version);
  if (version === undefined) throw new Error(`--version is one of: ${versionNames.join(', ')}`);
  const folder = await mkdtemp(path.join(tmpdir(), 'shopmaster-bench-'));
  try {
    await buildExtension(folder);
    const extension = path.join(folder, 'extension');
    await putStopwatchInto(extension);
    const starts: Start[] = [];
    for (let start = 0; start < Number(values.starts); start++) {
      const file = path.join(folder, `start${start}.json`);
      const vsCode = await startVsCode({ version, developmentPath: extension, env: { [startFile]: file } });
      try {
        starts.push(await written(file));
      } finally {
        await vsCode.stop();
      }
    }
    const result = {
      bench: 'activation',
      version,
      starts: starts.length,
      activateMs: median(starts.map(({ activateMs }) => activateMs)),
      slowestActivateMs: Math.max(...starts.map(({ activateMs }) => activateMs)),
      loadMs: median(starts.map(({ loadMs }) => loadMs)),
      files: starts.at(-1)?.files,
    };
    process.stdout.write(`${JSON.stringify(result, (_key, value: unknown) => rounded(value))}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function putStopwatchInto(extension: string): Promise<void> {
  const file = path.join(extension, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, JSON.stringify({ ...manifest, main: './stopwatch.js' }));
  await writeFile(path.join(extension, 'stopwatch.js'), stopwatch);
}

async function written(file: string): Promise<Start> {
  for (const deadline = Date.now() + deadlineMs; !existsSync(file);) {
    if (Date.now() > deadline) throw new Error('The extension was not activated.');
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return JSON.parse(await readFile(file, 'utf8')) as Start;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? NaN;
}

function rounded(value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 100) / 100 : value;
}

main().catch((failure: unknown) => {
  process.stderr.write(`${failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)}\n`);
  process.exitCode = 1;
});
