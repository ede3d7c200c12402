import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { topFunctions } from '../../bench/report/topFunctions';

describe('the functions that take the most time', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'shopmaster-test-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('are named with their source, by their own time, idle time left out', async () => {
    const bundle = path.join(folder, 'engine.js');
    await writeFile(
      bundle,
      '// src/sync/coalesce.ts\nfunction coalesce() {\n}\n// node_modules/tedious/lib/x.js\nparse();\n',
    );
    const node = (id: number, functionName: string, lineNumber: number, url = `file://${bundle}`) => ({
      id,
      callFrame: { functionName, url, lineNumber },
    });
    const profile = {
      nodes: [node(1, '(idle)', -1, ''), node(2, 'coalesce', 1), node(3, '', 4), node(4, 'coalesce', 1)],
      samples: [1, 2, 3, 4, 2],
      timeDeltas: [9_000, 1_000, 1_000, 1_000, 1_000],
    };
    const file = path.join(folder, 'one.cpuprofile');
    await writeFile(file, JSON.stringify(profile));
    assert.deepEqual(await topFunctions(file, bundle, 15), [
      { name: 'coalesce  src/sync/coalesce.ts', ms: 3, percent: 75 },
      { name: '(anonymous)  node_modules/tedious/lib/x.js', ms: 1, percent: 25 },
    ]);
  });
});
