import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ShopError } from '../../src/sync/errors';
import type { StoredState } from '../../src/sync/ports';
import { defaults } from '../../src/sync/settings';
import { ownerOf, StateFile } from '../../src/sync/stateFile';
import { emptyState } from './fakeStore';

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

const owner = { shop: 'shop', account: 'https://api.digible.one|owner@shop.example' };

describe('the state file', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'shopmaster-state-'));
    file = path.join(folder, 'shopmaster.state.json');
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('gives back what was saved', async () => {
    await new StateFile(file, owner).save(state);
    assert.deepEqual(await new StateFile(file, owner).load(), state);
  });

  it('is empty before the first save', async () => {
    assert.deepEqual(await new StateFile(file, owner).load(), {
      lastSync: null,
      rejected: [],
      unsettled: [],
      uploadCheckpoint: null,
    });
  });

  it('of another shop is not taken for this one', async () => {
    await new StateFile(file, { ...owner, shop: 'a shop' }).save(state);
    assert.equal((await new StateFile(file, { ...owner, shop: 'another shop' }).load()).lastSync, null);
  });

  it('of another Digible account is not taken for this one: nothing of it was sent to this catalogue', async () => {
    await new StateFile(file, { ...owner, account: 'http://127.0.0.1:8080|owner@shop.example' }).save(state);
    assert.deepEqual(await new StateFile(file, owner).load(), emptyState);
  });

  it('that is older than the words on its account belongs to the present one', async () => {
    await writeFile(file, JSON.stringify({ version: 1, shop: owner.shop, ...state }));
    assert.deepEqual(await new StateFile(file, owner).load(), state);
    await new StateFile(file, owner).save(state);
    assert.deepEqual(await new StateFile(file, { ...owner, account: 'another' }).load(), emptyState);
  });

  it('belongs to a product table and to an account at an address', () => {
    const sqlServer = { ...defaults.sqlServer, database: 'Shop', table: 'Products' };
    const digible = { ...defaults.digible, email: 'owner@shop.example' };
    assert.deepEqual(ownerOf({ sqlServer, digible }), { ...owner, shop: 'localhost|Shop|Products' });
    const elsewhere = ownerOf({ sqlServer, digible: { ...digible, baseUrl: 'http://127.0.0.1:8080' } });
    const another = ownerOf({ sqlServer, digible: { ...digible, email: 'another@shop.example' } });
    assert.equal(new Set([owner.account, elsewhere.account, another.account]).size, 3);
  });

  it('can only be read by its owner, and leaves nothing else behind', async function () {
    await new StateFile(file, owner).save(state);
    await new StateFile(file, owner).save(state);
    assert.deepEqual(await readdir(folder), ['shopmaster.state.json']);
    if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('clears away what a process left behind that died while it saved, and nothing that may still be written or is not its own', async () => {
    const left = `${file}.088a8639-a92f-4044-bd43-2daa7b029740.tmp`;
    const fresh = `${file}.188a8639-a92f-4044-bd43-2daa7b029740.tmp`;
    const others = [path.join(folder, 'shopmaster.json'), `${file}.tmp`, `${file}.bak`];
    for (const name of [left, fresh, ...others]) await writeFile(name, '{"ver');
    const longAgo = new Date(Date.now() - 61_000);
    for (const name of [left, ...others]) await utimes(name, longAgo, longAgo);
    await new StateFile(file, owner).save(state);
    const kept = [file, fresh, ...others].map((name) => path.basename(name));
    assert.deepEqual((await readdir(folder)).sort(), kept.sort());
  });

  it('is replaced as soon as nobody has it open', async () => {
    let failures = 2;
    const store = new StateFile(file, owner, async (from, to) => {
      failures -= 1;
      if (failures >= 0) throw Object.assign(new Error('it is in use'), { code: 'EPERM' });
      await rename(from, to);
    });
    await store.save(state);
    assert.equal(failures, -1);
    assert.deepEqual(await store.load(), state);
    assert.deepEqual(await readdir(folder), ['shopmaster.state.json']);
  });

  it('keeps its old content when a save fails', async () => {
    await new StateFile(file, owner).save(state);
    const unsayable = { ...state, lastSync: 10n as unknown as number };
    await assert.rejects(new StateFile(file, owner).save(unsayable));
    assert.deepEqual(await new StateFile(file, owner).load(), state);
    assert.deepEqual(await readdir(folder), ['shopmaster.state.json']);
  });

  for (const [what, text] of [
    ['cut off', '{"version":1,'],
    ['of an unknown version', '{"version":99}'],
  ] as const) {
    it(`that is ${what} is an error that names the file and the way out`, async () => {
      await writeFile(file, text);
      await chmod(file, 0o600);
      await assert.rejects(new StateFile(file, owner).load(), (error: unknown) => {
        assert(error instanceof ShopError);
        assert.equal(error.code, 'state-unreadable');
        assert(error.message.includes(file));
        assert.match(error.hint, /Delete the file/);
        return true;
      });
    });
  }
});
