import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ShopError } from '../../src/sync/errors';
import type { StoredState } from '../../src/sync/ports';
import { StateFile } from '../../src/sync/stateFile';

const state: StoredState = {
  lastSync: 1_700_000_000_000,
  rejected: [
    {
      productId: '7',
      productName: 'Cola',
      sellPrice: '1.00',
      reason: 'too sweet',
      lastLogId: '42',
      tries: 2,
      nextTryAt: 5,
    },
  ],
  unsettled: [{ productId: '8', until: 6 }],
  uploadCheckpoint: { afterKey: 'P0007', products: 7 },
};

describe('the state file', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'shopmaster-state-'));
    file = path.join(folder, 'shopmaster.state.json');
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('gives back what was saved', async () => {
    await new StateFile(file, 'shop').save(state);
    assert.deepEqual(await new StateFile(file, 'shop').load(), state);
  });

  it('is empty before the first save', async () => {
    assert.deepEqual(await new StateFile(file, 'shop').load(), {
      lastSync: null,
      rejected: [],
      unsettled: [],
      uploadCheckpoint: null,
    });
  });

  it('of another shop is not taken for this one', async () => {
    await new StateFile(file, 'a shop').save(state);
    assert.equal((await new StateFile(file, 'another shop').load()).lastSync, null);
  });

  it('can only be read by its owner, and leaves nothing else behind', async function () {
    await new StateFile(file, 'shop').save(state);
    await new StateFile(file, 'shop').save(state);
    assert.deepEqual(await readdir(folder), ['shopmaster.state.json']);
    if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('keeps its old content when a save fails', async () => {
    await new StateFile(file, 'shop').save(state);
    const unsayable = { ...state, lastSync: 10n as unknown as number };
    await assert.rejects(new StateFile(file, 'shop').save(unsayable));
    assert.deepEqual(await new StateFile(file, 'shop').load(), state);
    assert.deepEqual(await readdir(folder), ['shopmaster.state.json']);
  });

  for (const [what, text] of [
    ['cut off', '{"version":1,'],
    ['of an unknown version', '{"version":99}'],
  ] as const) {
    it(`that is ${what} is an error that names the file and the way out`, async () => {
      await writeFile(file, text);
      await chmod(file, 0o600);
      await assert.rejects(new StateFile(file, 'shop').load(), (error: unknown) => {
        assert(error instanceof ShopError);
        assert.equal(error.code, 'state-unreadable');
        assert(error.message.includes(file));
        assert.match(error.hint, /Delete the file/);
        return true;
      });
    });
  }
});
