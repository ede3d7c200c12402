/** docs/performance.md and its plot: the figures are the bench's, all around them stays as somebody wrote it. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Result } from '../result';
import type { Scaling } from '../scaling';
import { scalingPlot } from './plot';
import { markdownTable } from './table';

const docsFolder = path.join(__dirname, '../../../docs');
const beginning = '<!-- What follows is written by the command in it. -->';
const end = '<!-- What precedes is written by the command in it. -->';

export interface Circumstances {
  readonly command: string;
  readonly machine: string;
  /** Of the whole run. */
  readonly minutes: number;
}

export async function writeDocument(
  results: readonly Result[],
  scaling: Scaling,
  { command, machine, minutes }: Circumstances,
): Promise<void> {
  const file = path.join(docsFolder, 'performance.md');
  const text = await readFile(file, 'utf8');
  const [from, to] = [text.indexOf(beginning), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${file} has no place for the figures.`);
  const figures = `
\`\`\`console
$ ${command}
\`\`\`

${machine}, in ${Math.round(minutes)} minutes.

${markdownTable(results)}
![Time and memory over 1,000 to 1,000,000 products](performance.svg)

`;
  const whole = text.slice(0, from + beginning.length) + figures + text.slice(to);
  const config = await resolveConfig(file);
  await writeFile(file, await format(whole, { ...config, filepath: file }));
  await writeFile(path.join(docsFolder, 'performance.svg'), scalingPlot(scaling));
}
