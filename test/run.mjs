// Runs the suites one after the other and closes with one line that sums them: "N passed, N failed".
// usage: node test/run.mjs [suite …]   (no suite: all of them)
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const checks = {
  types: ['tsc', '--noEmit'],
  lint: ['eslint', '.', '--max-warnings', '0'],
  format: ['prettier', '--check', '.'],
};
const suites = {
  unit: 'test/unit/**/*.test.ts',
  standin: 'test/standin/**/*.test.ts',
  integration: 'test/integration/**/*.test.ts',
};

const root = path.resolve(import.meta.dirname, '..');
const wanted = process.argv.slice(2);
const scratch = mkdtempSync(path.join(tmpdir(), 'shopmaster-test-'));
const total = { passed: 0, failed: 0 };

const run = (command, args, env = {}) =>
  spawnSync(process.execPath, [path.join(root, 'node_modules', ...command), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  }).status;

const binaries = {
  tsc: ['typescript', 'bin', 'tsc'],
  eslint: ['eslint', 'bin', 'eslint.js'],
  prettier: ['prettier', 'bin', 'prettier.cjs'],
};

function check(name, [tool, ...args]) {
  const passed = run(binaries[tool], args) === 0;
  console.log(`${passed ? '✔' : '✘'} ${name}`);
  total[passed ? 'passed' : 'failed'] += 1;
}

function suite(name, pattern) {
  console.log(`\n── ${name} ──`);
  const report = path.join(scratch, `${name}.json`);
  const status = run(['mocha', 'bin', 'mocha.js'], ['--reporter', 'test/reporter.cjs', pattern], {
    SHOPMASTER_TEST_REPORT: report,
  });
  let counts = { passed: 0, failed: 0 };
  try {
    counts = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    console.error(`The suite ${name} ended without a report.`);
  }
  if (counts.passed + counts.failed === 0) console.error(`The suite ${name} ran no test.`);
  total.passed += counts.passed;
  total.failed += counts.failed > 0 || status === 0 ? counts.failed : 1;
  if (counts.passed + counts.failed === 0 && status === 0) total.failed += 1;
}

try {
  for (const [name, command] of Object.entries(checks))
    if (wanted.length === 0 || wanted.includes(name)) check(name, command);
  for (const [name, pattern] of Object.entries(suites))
    if (wanted.length === 0 || wanted.includes(name)) suite(name, pattern);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
