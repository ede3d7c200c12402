/** usage: npm run soak -- --planted. Plants each bug in a copy of the sources, and tells after how many histories it was caught. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { campaign } from './campaign';
import { plantedBugs, type PlantedBug } from './plantedBugs';

const root = path.resolve(__dirname, '../..');

export interface PlantOptions {
  readonly seed: number;
  /** More are not played for one bug. */
  readonly histories: number;
  readonly print: (line: string) => void;
}

/** Prints the table of test/model/README.md. Resolves to whether every bug was caught. */
export async function plantBugs({ seed, histories, print }: PlantOptions): Promise<boolean> {
  // What is broken without any bug of ours proves nothing.
  const broken: number[] = [];
  await campaign({ seed, histories, onBroken: (number) => broken.push(number) });
  if (broken.length > 0)
    print(`Without a planted bug these histories break a promise, and are left out: ${broken.join(', ')}\n`);
  print(`| planted bug | caught by | seed | histories |\n| --- | --- | --- | --- |`);
  let allCaught = true;
  for (const bug of plantedBugs) {
    const caught = await plant(bug, seed, histories, broken);
    allCaught &&= caught !== null;
    print(`| ${bug.name} | ${caught?.invariant ?? '**not caught**'} | ${seed} | ${caught?.histories ?? histories} |`);
  }
  return allCaught;
}

async function plant({ name, edits }: PlantedBug, seed: number, histories: number, leaveOut: readonly number[]) {
  const copy = await mkdtemp(path.join(tmpdir(), 'shopmaster-planted-'));
  try {
    for (const part of ['src/sync', 'test/model', 'package.json', 'tsconfig.json'])
      await cp(path.join(root, part), path.join(copy, part), { recursive: true });
    await symlink(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
    for (const { file, find, replace } of edits) {
      const text = await readFile(path.join(copy, file), 'utf8');
      if (text.split(find).length !== 2) throw new Error(`The bug “${name}” can't be planted: ${file} has changed.`);
      await writeFile(
        path.join(copy, file),
        text.replace(find, () => replace),
      );
    }
    const soak = [
      'test/model/soak.ts',
      '--seed',
      `${seed}`,
      '--histories',
      `${histories}`,
      '--shrink',
      '0',
      '--leave-out',
      leaveOut.join(),
    ];
    const child = spawn(process.execPath, ['--import', 'tsx', ...soak], {
      cwd: copy,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    const [code] = (await once(child, 'close')) as [number];
    const text = Buffer.concat(output).toString();
    const caught = /^FAILED after (\d+) histories\nbroken: (\d)/m.exec(text);
    if (caught === null && code !== 0) throw new Error(`The bug “${name}” broke the soak itself:\n${text}`);
    return caught === null ? null : { histories: Number(caught[1]), invariant: Number(caught[2]) };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
