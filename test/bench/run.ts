/**
 * `npm run bench`: how fast shopMaster is, beside what the desktop program did and what the API allows. Against the stand-in, or any
 * SQL Server that SHOPMASTER_TEST_SQLSERVER names.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { optionsOrUsage } from '../../demo/scenario/options';
import { Bench } from './bench';
import { writeDocument } from './report/document';
import { scalingPlot } from './report/plot';
import { cells, textTable } from './report/table';
import { topFunctions } from './report/topFunctions';
import type { Result } from './result';
import { measureScaling, type Scaling } from './scaling';
import { scenarios } from './scenarios/all';
import type { Scenario } from './scenarios/scenario';
import { engineFile, World } from './world';

const usage = `usage: npm run bench -- [--quick] [--only SCENARIO]… [--big] [--scaling] [--profile SCENARIO] [--docs]
  --quick              small numbers: shows that the bench works, and judges nothing
  --only SCENARIO      ${scenarios.map(({ id }) => id).join(', ')}
  --big                the upload of a million products and the activation in VS Code as well
  --scaling            time and memory over 1,000 to 1,000,000 products, as a plot
  --profile SCENARIO   a .cpuprofile of the engine and the functions that take the most time; once, with the slow API
  --docs               everything, into docs/performance.md and docs/performance.svg, with --big and --scaling`;

const outFolder = path.join(__dirname, 'out');
const listedFunctions = 15;

interface Options {
  readonly quick: boolean;
  readonly chosen: readonly Scenario[];
  readonly scaling: boolean;
  readonly profile: boolean;
  readonly docs: boolean;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      big: { type: 'boolean', default: false },
      scaling: { type: 'boolean', default: false },
      profile: { type: 'string' },
      docs: { type: 'boolean', default: false },
    },
  });
  const { quick, big, scaling, docs, profile } = values;
  const only = profile === undefined ? values.only : [profile];
  for (const id of only)
    if (!scenarios.some((scenario) => scenario.id === id)) throw new Error(`There is no scenario ${id}.`);
  if (docs && (quick || only.length > 0)) throw new Error('--docs measures everything, at full size.');
  const isChosen = ({ id, long }: Scenario): boolean =>
    only.length > 0 ? only.includes(id) : long !== true || big || docs;
  const chosen = scenarios.filter(isChosen);
  return { quick, chosen, scaling: scaling || docs, profile: profile !== undefined, docs };
}

async function main(): Promise<void> {
  const options = optionsOrUsage(readOptions, usage);
  if (options === null) return;
  const started = performance.now();
  await mkdir(outFolder, { recursive: true });
  const profiles: string[] = [];
  const profileOf = (title: string): string => {
    const file = path.join(outFolder, `${title}.cpuprofile`);
    profiles.push(file);
    return file;
  };
  const world = await World.start(process.env['SHOPMASTER_TEST_SQLSERVER'] ?? '', options.profile);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void world.close().finally(() => process.exit(130)));
  try {
    const bench = new Bench(world, {
      quick: options.quick,
      profileOf: options.profile ? profileOf : null,
      report: (result) => say(progressLine(result)),
    });
    say(`Against ${world.serverName}, ${machineName()}.`);
    await bench.warmUpServers();
    for (const scenario of options.chosen)
      for (const api of scenario.apis === 'both' ? bench.apis : [scenario.apis]) await scenario.run(bench, api);
    const scaling = options.scaling ? await measureScaling(bench, say) : null;
    const minutes = (performance.now() - started) / 60_000;
    process.stdout.write(`\n${textTable(bench.results)}`);
    for (const file of profiles) await printTop(file);
    const written = await writeResults(bench.results, scaling, world.serverName);
    say(
      `\nWritten: ${written.map((file) => path.relative(process.cwd(), file)).join(', ')}; ${minutes.toFixed(1)} minutes in all.`,
    );
    if (options.docs && scaling !== null) {
      const machine = `Against ${world.serverName}, ${machineName()}`;
      await writeDocument(bench.results, scaling, { command: 'npm run bench -- --docs', machine, minutes });
    }
    const missed = bench.results.filter(({ targets }) => targets.some(({ reached }) => reached === false));
    if (missed.length > 0) {
      say(`Not reached: ${missed.map(({ title }) => title).join('; ')}`);
      process.exitCode = 1;
    }
  } finally {
    await world.close();
  }
}

/** Standard output is the table's. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function progressLine(result: Result): string {
  const [title = '', api = '', , , seconds = '', perSecond = ''] = cells(result);
  const figures = [api, seconds === '' ? '' : `${seconds} s`, perSecond === '' ? '' : `${perSecond}/s`, result.note];
  return `  ${title}: ${figures.filter((figure) => figure !== '').join(', ')}`;
}

function machineName(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${availableParallelism()} cores of ${model}, Node ${process.versions.node}, ${process.platform}`;
}

async function writeResults(results: readonly Result[], scaling: Scaling | null, server: string): Promise<string[]> {
  const json = path.join(outFolder, 'results.json');
  await writeFile(json, `${JSON.stringify({ server, machine: machineName(), results, scaling }, null, 2)}\n`);
  if (scaling === null) return [json];
  const plot = path.join(outFolder, 'scaling.svg');
  await writeFile(plot, scalingPlot(scaling));
  return [json, plot];
}

async function printTop(file: string): Promise<void> {
  const top = await topFunctions(file, engineFile, listedFunctions);
  process.stdout.write(`\n${path.basename(file)}: self time, idle time left out\n`);
  for (const { name, ms, percent } of top)
    process.stdout.write(`${ms.toFixed(0).padStart(8)} ms ${percent.toFixed(1).padStart(5)} %  ${name}\n`);
}

main().catch((failure: unknown) => {
  process.stderr.write(`${failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)}\n`);
  process.exitCode = 1;
});
