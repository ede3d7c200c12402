/** How large what ships is. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { below, resultOf } from '../result';
import { slowApi, type Scenario } from './scenario';

const projectFolder = path.join(__dirname, '../../..');

export const packageSizes: Scenario = {
  id: 'package',
  apis: slowApi,
  async run(bench) {
    const folder = await mkdtemp(path.join(tmpdir(), 'shopmaster-bench-'));
    try {
      const [stage, packed] = [path.join(folder, 'stage'), path.join(folder, 'shopmaster.vsix')];
      const script = path.join(projectFolder, 'packaging/package.mjs');
      await promisify(execFile)(process.execPath, [script, '--out', packed, '--stage', stage], { cwd: projectFolder });
      const extension = await kilobytes(path.join(stage, 'dist/extension.js'));
      const vsix = await kilobytes(packed);
      bench.add(
        resultOf({
          ...{ scenario: 'package', title: 'extension.js' },
          ...{ targets: [below(extension, 150, 'KB')], note: `${extension.toFixed(0)} KB` },
        }),
      );
      bench.add(
        resultOf({
          ...{ scenario: 'package', title: 'VSIX without the native Windows driver' },
          ...{ targets: [below(vsix, 1024, 'KB')], note: `${vsix.toFixed(0)} KB` },
        }),
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function kilobytes(file: string): Promise<number> {
  return (await stat(file)).size / 1024;
}
