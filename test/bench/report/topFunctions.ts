/** Where the time of a .cpuprofile went. */
import { readFile } from 'node:fs/promises';
import type { Profiler } from 'node:inspector';

export interface SelfTime {
  /** With the file of the source it comes from, where that is known. */
  readonly name: string;
  readonly ms: number;
  /** Of the time that was not idle. */
  readonly percent: number;
}

/** The functions with the most time of their own, the most expensive first; `bundle` is what was profiled. */
export async function topFunctions(profileFile: string, bundle: string, most: number): Promise<readonly SelfTime[]> {
  const profile = JSON.parse(await readFile(profileFile, 'utf8')) as Profiler.Profile;
  const sourceOf = sources(await readFile(bundle, 'utf8'));
  const names = new Map(
    profile.nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const place = url.endsWith('engine.js') ? sourceOf(lineNumber) : url;
      return [id, `${functionName === '' ? '(anonymous)' : functionName}${place === '' ? '' : `  ${place}`}`];
    }),
  );
  const times = new Map<string, number>();
  const { samples = [], timeDeltas = [] } = profile;
  samples.forEach((node, at) => {
    const name = names.get(node) ?? '';
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[at] ?? 0));
  });
  times.delete('(idle)');
  const busy = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .sort(([, one], [, other]) => other - one)
    .slice(0, most)
    .map(([name, time]) => ({ name, ms: time / 1000, percent: (time / busy) * 100 }));
}

/** esbuild writes above each module which file it was. */
function sources(bundle: string): (line: number) => string {
  let current = '';
  const files = bundle.split('\n').map((line) => {
    const [, file] = /^\s*\/\/ ((?:src|test|node_modules)\/\S+)$/.exec(line) ?? [];
    current = file ?? current;
    return current;
  });
  return (line) => files[line] ?? '';
}
