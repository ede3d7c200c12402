// Runs the suites and closes with one line that sums them: "N passed, N failed".
// usage: node test/run.mjs [suite …]   (no suite: all of them)
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
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
  integration: 'test/integration/{*.test.ts,!(compat|configure|health|realServer|sqlserver)/**/*.test.ts}',
  database: 'test/integration/{compat,configure,health,realServer,sqlserver}/**/*.test.ts',
};
/** In the order in which they begin: the longest first, and what is short fills the gaps. */
const order = ['integration', 'database', 'lint', 'types', 'unit', 'model', 'format', 'types of the panel', 'standin'];

const root = path.resolve(import.meta.dirname, '..');
const wanted = process.argv.slice(2);
const isWanted = (name) => wanted.length === 0 || wanted.includes(name);
const scratch = mkdtempSync(path.join(tmpdir(), 'shopmaster-test-'));
const total = { passed: 0, failed: 0 };

/** Resolves to the exit code and the output, which comes in one piece because several run at once. */
async function run([tool, ...args], env = {}) {
  const child = spawn(process.execPath, [path.join(root, 'node_modules', tool), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  const [code] = await once(child, 'close');
  return { code, output: Buffer.concat(output) };
}

async function check(name) {
  const { code, output } = await run(checks[name]);
  process.stdout.write(
    Buffer.concat([Buffer.from(`${code === 0 ? '✔' : '✘'} ${name}\n`), code === 0 ? Buffer.of() : output]),
  );
  total[code === 0 ? 'passed' : 'failed'] += 1;
}

async function suite(name) {
  const report = path.join(scratch, `${name.replaceAll(' ', '-')}.json`);
  const mocha = ['mocha/bin/mocha.js', '--reporter', 'test/reporter.cjs', suites[name]];
  const { code, output } = await run(mocha, { SHOPMASTER_TEST_REPORT: report });
  process.stdout.write(Buffer.concat([Buffer.from(`\n── ${name} ──\n`), output]));
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
  const waiting = order.filter(isWanted);
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
      await (name in checks ? check(name) : suite(name));
  };
  // One more than there are processors, because some of them mostly wait.
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) + 1 }, work));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
