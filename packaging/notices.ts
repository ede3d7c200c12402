/**
 * Writes THIRD-PARTY-NOTICES.txt for what is bundled, and for further packages that ship.
 * usage: tsx packaging/notices.ts --metafile FILE --out FILE [FOLDER …]
 *   --metafile: of the build, see esbuild.mjs
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Metafile } from 'esbuild';
import { bundledPackages } from './bundledPackages';
import { thirdPartyNotices } from './thirdPartyNotices';

const { values, positionals: others } = parseArgs({
  options: { metafile: { type: 'string' }, out: { type: 'string' } },
  allowPositionals: true,
});
const { metafile, out } = values;
if (metafile === undefined || out === undefined) throw new Error('Both --metafile and --out are needed.');
const root = path.join(__dirname, '..');
const bundled = bundledPackages(JSON.parse(readFileSync(metafile, 'utf8')) as Metafile);
writeFileSync(out, thirdPartyNotices([...bundled.map((folder) => path.join(root, folder)), ...others]));
