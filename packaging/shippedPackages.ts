/**
 * Prints what of other people's packages ships in the VSIX: npm run shipped. Bytes are those in the bundles, minified; packed are the
 * bundle's bytes as the VSIX has them, by each package's share.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { Metafile } from 'esbuild';
import { packages } from '../package-lock.json';
import { packageFolder } from './bundledPackages';

const root = path.join(__dirname, '..');
const locked: Readonly<Record<string, { readonly version?: string; readonly license?: string }>> = packages;

interface Shipped {
  bytes: number;
  packed: number;
}

function shippedPackages(): ReadonlyMap<string, Shipped> {
  const folder = mkdtempSync(path.join(tmpdir(), 'shopmaster-dependencies-'));
  try {
    const metafile = path.join(folder, 'metafile.json');
    const args = ['esbuild.mjs', '--outdir', path.join(folder, 'dist'), '--metafile', metafile];
    const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw new Error('The build failed.');
    return sum(JSON.parse(readFileSync(metafile, 'utf8')) as Metafile);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** By the key of package-lock.json. */
function sum({ outputs }: Metafile): ReadonlyMap<string, Shipped> {
  const shipped = new Map<string, Shipped>();
  for (const [file, { bytes, inputs }] of Object.entries(outputs)) {
    if (file.endsWith('.map')) continue;
    const packedShare = deflateRawSync(readFileSync(path.resolve(root, file)), { level: 9 }).length / bytes;
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const key = packageFolder(input);
      if (key === undefined || bytesInOutput === 0) continue;
      const entry = shipped.get(key) ?? { bytes: 0, packed: 0 };
      entry.bytes += bytesInOutput;
      entry.packed += bytesInOutput * packedShare;
      shipped.set(key, entry);
    }
  }
  return shipped;
}

function row(...cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

const found = [...shippedPackages()].sort(([, one], [, other]) => other.bytes - one.bytes);
const figure = (value: number): string => Math.round(value).toLocaleString('en');
process.stdout.write(
  row('package', 'version', 'licence', 'bytes', 'packed') + row('---', '---', '---', '---:', '---:'),
);
for (const [key, { bytes, packed }] of found) {
  const { version = '?', license = '?' } = locked[key] ?? {};
  process.stdout.write(row(key.replace(/^.*node_modules\//, ''), version, license, figure(bytes), figure(packed)));
}
const total = found.reduce((all, [, { packed }]) => all + packed, 0);
process.stdout.write(`\n${found.length} packages, ${figure(total)} bytes packed\n`);
