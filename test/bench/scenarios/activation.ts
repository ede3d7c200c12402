/** What the extension costs VS Code at its start: `../activation.ts`, which needs what `npm run setup:vscode` installs. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { below, resultOf } from '../result';
import { slowApi, type Scenario } from './scenario';

/** What the other one prints. */
interface Activation {
  readonly starts: number;
  readonly activateMs: number;
  readonly slowestActivateMs: number;
  /** The extension's files that are loaded by then. */
  readonly files: readonly string[];
}

const loadedLater = /mssql|node-fetch/;

export const activation: Scenario = {
  id: 'activation',
  apis: slowApi,
  long: true,
  async run(bench) {
    const script = path.join(__dirname, '../activation.ts');
    const starts = String(bench.size(5, 1));
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, '--starts', starts]);
    const found = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Activation;
    bench.add(
      resultOf({
        ...{ scenario: 'activation', title: 'extension activation in VS Code', seconds: found.activateMs / 1000 },
        targets: [
          below(found.activateMs, 30, 'ms in activate'),
          { text: 'no mssql, no node-fetch yet', reached: !found.files.some((file) => loadedLater.test(file)) },
        ],
        note: `median of ${found.starts} starts, the slowest ${found.slowestActivateMs.toFixed(0)} ms`,
      }),
    );
  },
};
