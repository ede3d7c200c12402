// Runs the suites and closes with one line that sums them: "N passed, N failed".
// usage: node test/run.mjs [suite …]   (no suite: all of them)
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const checks = {
  types: ['typescript/bin/tsc', '--noEmit'],
  'types of the panel': ['typescript/bin/tsc', '--noEmit', '-p', 'src/views/settingsPanel/webview'],
  lint: ['eslint/bin/eslint.js', '.', '--max-warnings', '0'],
  format: ['prettier/bin/prettier.cjs', '--check', '.'],
};
const suites = {
  unit: 'test/unit/**/*.test.ts',
  model: 'test/model/**/*.test.ts',
  standin: 'test/standin/**/*.test.ts',
  integration: 'test/integration/**/*.test.ts',
};
/** One round after the other; the suites of a round side by side. */
const rounds = [
  ['unit', 'model'],
  ['standin', 'integration'],
];

const root = path.resolve(import.meta.dirname, '..');
const wanted = process.argv.slice(2);
const isWanted = (name) => wanted.length === 0 || wanted.includes(name);
const scratch = mkdtempSync(path.join(tmpdir(), 'shopmaster-test-'));
const total = { passed: 0, failed: 0 };

/** Resolves to the exit code. Where several run at once, each one's output comes in one piece, when it is done. */
async function run([tool, ...args], { buffered = false, env = {} } = {}) {
  const child = spawn(process.execPath, [path.join(root, 'node_modules', tool), ...args], {
    cwd: root,
    stdio: buffered ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    env: { ...process.env, ...env },
  });
  const output = [];
  child.stdout?.on('data', (chunk) => output.push(chunk));
  child.stderr?.on('data', (chunk) => output.push(chunk));
  const [code] = await once(child, 'close');
  return { code, output: Buffer.concat(output) };
}

async function check(name) {
  const passed = (await run(checks[name])).code === 0;
  console.log(`${passed ? '✔' : '✘'} ${name}`);
  total[passed ? 'passed' : 'failed'] += 1;
}

async function suite(name, buffered) {
  const heading = `\n── ${name} ──\n`;
  if (!buffered) process.stdout.write(heading);
  const report = path.join(scratch, `${name}.json`);
  const mocha = ['mocha/bin/mocha.js', '--reporter', 'test/reporter.cjs', suites[name]];
  const { code, output } = await run(mocha, { buffered, env: { SHOPMASTER_TEST_REPORT: report } });
  if (buffered) process.stdout.write(Buffer.concat([Buffer.from(heading), output]));
  let counts = { passed: 0, failed: 0 };
  try {
    counts = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    console.error(`The suite ${name} ended without a report.`);
  }
  const ran = counts.passed + counts.failed > 0;
  if (!ran) console.error(`The suite ${name} ran no test.`);
  total.passed += counts.passed;
  total.failed += counts.failed > 0 || (ran && code === 0) ? counts.failed : 1;
}

try {
  for (const name of Object.keys(checks).filter(isWanted)) await check(name);
  for (const round of rounds) {
    const names = round.filter(isWanted);
    await Promise.all(names.map((name) => suite(name, names.length > 1)));
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
