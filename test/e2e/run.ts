/**
 * `npm run test:e2e [-- FILE …]`: packs the extension and runs the tests of this folder, or only those of the files whose names are
 * given, each in a VS Code of its own. Ends with the line "N passed, N failed".
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildExtension } from '../../demo/vscode/builtExtension';
import { builtVariable } from './shopInVsCode';

const project = path.join(__dirname, '..', '..');

async function main(): Promise<void> {
  const names = process.argv.slice(2);
  const scratch = await mkdtemp(path.join(tmpdir(), 'shopmaster-e2e-'));
  let passed = 0;
  let failed = 0;
  try {
    const built = await buildExtension(scratch);
    await rm(path.join(__dirname, 'out'), { recursive: true, force: true });
    const report = path.join(scratch, 'report.json');
    const exitCode = await mocha(names.length === 0 ? ['*'] : names, {
      [builtVariable]: JSON.stringify(built),
      SHOPMASTER_TEST_REPORT: report,
    });
    if (existsSync(report)) ({ passed, failed } = JSON.parse(await readFile(report, 'utf8')) as Counts);
    if (passed + failed === 0) process.stdout.write('No test ran.\n');
    if (failed === 0 && (exitCode !== 0 || passed === 0)) failed = 1;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** Its exit code. */
function mocha(names: readonly string[], environment: Readonly<Record<string, string>>): Promise<number | null> {
  const files = names.map((name) => path.join('test', 'e2e', `${path.basename(name, '.test.ts')}.test.ts`));
  const args = [
    path.join('node_modules', 'mocha', 'bin', 'mocha.js'),
    '--reporter',
    'test/reporter.cjs',
    '--timeout',
    '180000',
    ...files,
  ];
  const child = spawn(process.execPath, args, {
    cwd: project,
    env: { ...process.env, ...environment },
    stdio: 'inherit',
  });
  // Ctrl+C reaches mocha as well; its tests clear up, and this process waits for that.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}

main().catch((failure: unknown) => {
  process.stderr.write(`${failure instanceof Error ? failure.message : String(failure)}\n`);
  process.stdout.write('\n0 passed, 1 failed\n');
  process.exitCode = 1;
});
