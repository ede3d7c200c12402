/** Runs in the extension host, which calls `run`: mocha over the bundled suite files beside this one. */
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import { hostRunVariable, type Counts, type HostRun } from '../hostRun';

const testTimeoutMs = 60_000;

export function hostRun(): HostRun {
  const file = process.env[hostRunVariable];
  if (file === undefined) throw new Error(`${hostRunVariable} names no file.`);
  return JSON.parse(readFileSync(file, 'utf8')) as HostRun;
}

/** Rejects where a test failed or none ran. */
export async function run(): Promise<void> {
  const { report, counts, color } = hostRun();
  const { default: Mocha } = await import('mocha');
  // The host's console goes elsewhere, among much else.
  Mocha.reporters.Base.consoleLog = (...line: readonly unknown[]) => appendFileSync(report, `${format(...line)}\n`);
  const mocha = new Mocha({ ui: 'bdd', color, timeout: testTimeoutMs, forbidOnly: true, forbidPending: true });
  const files = readdirSync(__dirname).filter((file) => file.endsWith('.test.js'));
  // Activation is looked at before anything else has used the extension.
  const inOrder = files.sort(
    (one, other) => Number(other === 'activation.test.js') - Number(one === 'activation.test.js'),
  );
  for (const file of inOrder) mocha.addFile(path.join(__dirname, file));
  const result = await new Promise<Counts>((resolve) => {
    const runner = mocha.run(() => resolve({ passed: runner.stats?.passes ?? 0, failed: runner.stats?.failures ?? 0 }));
  });
  writeFileSync(counts, JSON.stringify(result));
  if (result.failed > 0) throw new Error(`${result.failed} tests failed.`);
  if (result.passed === 0) throw new Error('No test ran.');
}
