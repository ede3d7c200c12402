/** `npx tsx test/bench/verifyMemory.ts [products]`: how much memory a verify takes above the idle process. Exit code 1 from 100 MB on. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const mostMegabytes = 100;

interface Figures {
  readonly products: number;
  readonly known: number;
  readonly missing: number;
  readonly different: number;
  readonly gone: number;
  readonly seconds: number;
  /** Bytes. */
  readonly idle: number;
  readonly peak: number;
}

/** Each task is a process of its own, bundled as the engine ships. */
async function measure(products: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'shopmaster-verify-'));
  try {
    const outfile = path.join(folder, 'verify.cjs');
    const entry = path.join(__dirname, 'engine', 'verifyProcess.ts');
    await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20' });
    const file = path.join(folder, 'confirmed');
    const run = (task: string) => promisify(execFile)(process.execPath, [outfile, task, file, products]);
    await run('remember');
    const figures = JSON.parse((await run('verify')).stdout) as Figures;
    const above = megabytes(figures.peak - figures.idle);
    process.stdout.write(
      [
        `${figures.products} products verified in ${figures.seconds.toFixed(1)} s (reading the table apart), against ${figures.known} known`,
        `${figures.missing} missing, ${figures.different} different, ${figures.gone} gone`,
        `file: ${megabytes((await stat(file)).size).toFixed(1)} MB`,
        `memory: ${above.toFixed(1)} MB above the ${megabytes(figures.idle).toFixed(1)} MB of the idle process`,
        '',
      ].join('\n'),
    );
    process.exitCode = above < mostMegabytes ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function megabytes(bytes: number): number {
  return bytes / 1_000_000;
}

void measure(process.argv[2] ?? '1000000');
