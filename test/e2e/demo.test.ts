import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launchChromium } from '../vscode/host/vsCode';
import { photograph } from './pictures';
import { until } from './waiting';
import { Workbench } from './workbench';

describe('npm run demo:vscode', () => {
  const script = path.join(__dirname, '..', '..', 'demo', 'vscode', 'run.ts');
  let scratch: string;
  let demo: ChildProcess;
  let said = '';
  before(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'shopmaster-e2e-demo-'));
    // PostgreSQL runs as another user where this one is root.
    await chmod(scratch, 0o755);
    demo = spawn(process.execPath, ['--import', 'tsx', script, '--products', '100', '--every', '500'], {
      env: { ...process.env, TMPDIR: scratch },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    demo.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
    const running = until('the demo runs', () => said.includes('Running until Ctrl+C'), 150_000);
    await Promise.race([running, once(demo, 'exit')]);
    assert.equal(demo.exitCode, null, said);
  });
  after(async () => {
    demo.kill('SIGKILL');
    await rm(scratch, { recursive: true, force: true });
  });

  it('opens a VS Code in which the shop is configured, works and syncs', async () => {
    const [, address = ''] = /^VS Code +(\S+)$/m.exec(said) ?? [];
    const browser = await launchChromium();
    try {
      const workbench = new Workbench(await browser.newPage({ viewport: { width: 1440, height: 900 } }));
      workbench.page.setDefaultTimeout(60_000);
      await workbench.page.goto(address);
      await workbench.statusBarSays(/shopMaster: \d+:\d\d.*, \d+ pending/);
      await workbench.openSidebar();
      await workbench.lines('Pending Changes').filter({ hasText: 'just now' }).first().waitFor();
      await photograph(workbench.page, 'demo');
    } finally {
      await browser.close();
    }
  });

  it('ends at Ctrl+C and leaves nothing behind', async () => {
    demo.kill('SIGINT');
    const [code] = (await once(demo, 'exit')) as [number | null];
    assert.equal(code, 0);
    const left = (await readdir(scratch)).filter((name) => !name.startsWith('tsx-'));
    assert.deepEqual(left, []);
  });
});
