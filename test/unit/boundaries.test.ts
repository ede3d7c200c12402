import { ESLint, Linter } from 'eslint';
import assert from 'node:assert/strict';
import path from 'node:path';
import { parser } from 'typescript-eslint';

const root = path.join(__dirname, '../..');

describe('the rules of the house', () => {
  const eslint = new ESLint({ cwd: root });
  const linter = new Linter();

  /** Whether a file there may import it, in each of the three ways. */
  async function mayImport(file: string, name: string): Promise<boolean[]> {
    const config = (await eslint.calculateConfigForFile(path.join(root, file))) as Linter.Config;
    const rules: Linter.RulesRecord = {};
    for (const rule of ['no-restricted-imports', 'no-restricted-syntax']) rules[rule] = config.rules?.[rule] ?? 'off';
    const ways = [`import '${name}';`, `void import('${name}');`, `require('${name}');`];
    return ways.map((code) => linter.verify(code, { languageOptions: { parser }, rules }).length === 0);
  }

  for (const [file, name] of [
    ['src/sync/syncEngine.ts', 'vscode'],
    ['src/sync/sqlserver/connection.ts', 'vscode'],
    ['src/sync/digible/client.ts', 'vscode'],
    ['src/cli/commands.ts', 'vscode'],
    ['src/sync/shop.ts', 'mssql'],
    ['src/sync/shop.ts', 'mssql/msnodesqlv8'],
    ['src/sync/digible/client.ts', 'tedious'],
    ['src/cli/commands.ts', 'mssql'],
    ['src/extension.ts', 'mssql'],
    ['src/sync/sqlserver/connection.ts', 'node-fetch'],
    ['src/cli.ts', 'node-fetch'],
    ['src/sync/shop.ts', '../../demo/digible/sandbox'],
    ['src/cli/run.ts', '../../demo/scenario/world'],
    ['src/sync/shop.ts', '../cli/terminal'],
    ['src/sync/shop.ts', '../views/statusBar'],
    ['src/sync/sqlserver/connection.ts', '../../settings/shopSecrets'],
    ['src/views/statusBar.ts', '../sync/sqlserver/connection'],
    ['src/views/settingsPanel/settingsPanel.ts', '../../sync/digible/client'],
    ['src/views/settingsPanel/settingsPanel.ts', './webview/main'],
    ['src/views/settingsPanel/webview/main.ts', 'vscode'],
    ['src/views/settingsPanel/webview/main.ts', '../../../sync/errors'],
  ] as const) {
    it(`refuse ${name} in ${file}, however it is imported`, async () => {
      assert.deepEqual(await mayImport(file, name), [false, false, false]);
    });
  }

  for (const [file, name] of [
    ['src/sync/sqlserver/driver.ts', 'mssql/msnodesqlv8'],
    ['src/sync/digible/exchange.ts', 'node-fetch'],
    ['src/extension.ts', 'vscode'],
    ['src/sync/shop.ts', './settings'],
    ['src/cli.ts', './cli/run'],
    ['src/views/statusBar.ts', '../sync/errors'],
    ['src/views/settingsPanel/webview/main.ts', '../protocol'],
  ] as const) {
    it(`let ${file} import ${name}`, async () => {
      assert.deepEqual(await mayImport(file, name), [true, true, true]);
    });
  }
});
