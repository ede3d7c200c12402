import assert from 'node:assert/strict';
import {
  appendFile,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfirmedFile, type ConfirmedFileOptions } from '../../src/sync/confirmedFile';
import { blocksOf, startOf } from '../../src/sync/confirmedFormat';
import { ShopError } from '../../src/sync/errors';
import type { SendableProduct } from '../../src/sync/model';
import { valueHash, type Hash } from '../../src/sync/productHash';
import type { StateOwner } from '../../src/sync/stateFile';
import { FakeLog } from './fakeLog';

const owner: StateOwner = { shop: 'shop', account: 'https://api.digible.one|owner@shop.example' };
const never = new AbortController().signal;

const product = (productId: string, sellPrice = '1.00'): SendableProduct => ({
  productId,
  productName: `Product ${productId}`,
  sellPrice,
});

describe('the file of what was confirmed', () => {
  let folder: string;
  let file: string;
  let log: FakeLog;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'shopmaster-confirmed-'));
    file = path.join(folder, 'shopmaster.state.json.confirmed');
    log = new FakeLog();
  });

  afterEach(() => rm(folder, { recursive: true }));

  function opened(options?: ConfirmedFileOptions, by = owner): ConfirmedFile {
    return new ConfirmedFile(file, by, log, options);
  }

  /** What a new process finds. */
  async function known(by = owner): Promise<Record<string, Hash>> {
    const found = new Map<string, Hash>();
    for await (const records of opened({}, by).records(never))
      for (const { productId, value } of records) {
        if (value === null) found.delete(productId);
        else found.set(productId, value);
      }
    return Object.fromEntries(found);
  }

  async function write(...products: readonly SendableProduct[]): Promise<void> {
    const store = opened();
    for (const one of products) store.confirm(one);
    await store.saved();
  }

  const hashesOf = (...products: readonly SendableProduct[]) =>
    Object.fromEntries(products.map((one) => [one.productId, valueHash(one)]));

  it('knows nothing before it is there', async () => {
    assert.deepEqual(await known(), {});
  });

  it('gives back the last that was confirmed of each product', async () => {
    await write(product('a'), product('Käse 🧀'), product('a', '2.00'));
    await write(product('b'));
    assert.deepEqual(await known(), hashesOf(product('a', '2.00'), product('Käse 🧀'), product('b')));
    assert.deepEqual(log.lines, []);
  });

  it('no longer knows what is forgotten, until it is confirmed again', async () => {
    const store = opened();
    store.confirm(product('a'));
    store.confirm(product('b'));
    store.forget('a');
    store.forget('b');
    store.confirm(product('b'));
    await store.saved();
    assert.deepEqual(await known(), hashesOf(product('b')));
  });

  it('writes nothing where nothing was confirmed', async () => {
    await opened().saved();
    await assert.rejects(stat(file), { code: 'ENOENT' });
  });

  it('is for its owner alone to read', async () => {
    await write(product('a'));
    assert.equal((await stat(file)).mode & 0o077, 0);
  });

  it('of another shop or account is not taken for ours, and begins anew', async () => {
    await write(product('a'));
    for (const other of [
      { ...owner, shop: 'another' },
      { ...owner, account: 'https://api.digible.one|another@shop.example' },
    ]) {
      assert.deepEqual(await known(other), {});
      const store = opened({}, other);
      store.confirm(product('b'));
      await store.saved();
      assert.deepEqual(await known(other), hashesOf(product('b')));
      assert.deepEqual(await known(), {});
    }
  });

  it('loses only what a crash has torn from its end, and goes on from there', async () => {
    await write(product('a'));
    const { size } = await stat(file);
    await write(product('b'));
    const whole = (await stat(file)).size;
    for (let torn = size; torn < whole; torn++) {
      await truncate(file, torn);
      assert.deepEqual(await known(), hashesOf(product('a')));
      await write(product('b'));
      assert.deepEqual(await known(), hashesOf(product('a'), product('b')));
    }
  });

  it('believes nothing behind bytes that are not its own', async () => {
    await write(product('a'));
    for (const garbage of [Buffer.alloc(1000), Buffer.alloc(1000, 0xff), Buffer.from('text that somebody has added')]) {
      await appendFile(file, garbage);
      assert.deepEqual(await known(), hashesOf(product('a')));
      await write(product('a'));
      assert.equal((await readFile(file)).includes(garbage), false);
    }
  });

  it('believes no record in which a bit has fallen over', async () => {
    await write(product('a'));
    const good = await readFile(file);
    for (let at = good.indexOf('\n') + 1; at < good.length; at++) {
      const bad = Buffer.from(good);
      bad.writeUInt8(bad.readUInt8(at) ^ 4, at);
      await writeFile(file, bad);
      assert.deepEqual(await known(), {});
    }
  });

  it('begins anew where its first line is not whole', async () => {
    for (const start of ['', '{"confirmed":1', '{}\n', 'not JSON\n']) {
      await writeFile(file, start);
      assert.deepEqual(await known(), {});
      await write(product('a'));
      assert.deepEqual(await known(), hashesOf(product('a')));
    }
  });

  it('takes turns with another window', async () => {
    const [one, other] = [opened(), opened()];
    const products = Array.from({ length: 10 }, (_, at) => product(`p${at}`));
    for (const [at, next] of products.entries()) {
      const store = at % 2 === 0 ? one : other;
      store.confirm(next);
      await store.saved();
    }
    assert.deepEqual(await known(), hashesOf(...products));
  });

  it('writes by itself while much is being confirmed', async () => {
    const store = opened();
    let size = 0;
    for (let at = 0; size === 0; at++) {
      store.confirm(product(`p${at}`));
      if (at % 1000 === 0)
        size = await stat(file).then(
          (found) => found.size,
          () => 0,
        );
      assert.ok(at < 1_000_000, 'nothing was written');
    }
    await store.saved();
  });

  it('keeps only the last record of each product when most are superseded', async () => {
    const store = opened({ compactFrom: 1000 });
    const sizes: number[] = [];
    for (let round = 0; round < 40; round++) {
      for (let at = 0; at < 20; at++) store.confirm(product(`p${at}`, `${round}.00`));
      store.confirm(product(`gone ${round}`));
      store.forget(`gone ${round}`);
      await store.saved();
      sizes.push((await stat(file)).size);
    }
    const expected = Array.from({ length: 20 }, (_, at) => product(`p${at}`, '39.00'));
    assert.deepEqual(await known(), hashesOf(...expected));
    assert.ok(Math.max(...sizes) < 2200, `It grew to ${Math.max(...sizes)} bytes.`);
    assert.equal((await stat(file)).mode & 0o077, 0);
    assert.deepEqual(log.lines, []);
  });

  it('is compacted where it has many small blocks, of a run each', async () => {
    const store = opened({ mostSmallBlocks: 50 });
    const products = Array.from({ length: 200 }, (_, at) => product(`p${at}`));
    for (const one of products) {
      store.confirm(one);
      await store.saved();
      assert.ok((await blocksInFile()) <= 52);
    }
    assert.deepEqual(await known(), hashesOf(...products));
    assert.deepEqual(log.lines, []);
  });

  it('is left alone where small blocks are the lesser part of it', async () => {
    const store = opened({ mostSmallBlocks: 50 });
    for (let at = 0; at < 20_000; at++) store.confirm(product(`p${at}`));
    await store.saved();
    const { ino } = await stat(file);
    for (let run = 0; run < 60; run++) {
      store.confirm(product(`p${run}`, '2.00'));
      await store.saved();
    }
    assert.equal((await stat(file)).ino, ino);
  });

  async function blocksInFile(): Promise<number> {
    const reading = await open(file);
    try {
      let blocks = 0;
      const start = await startOf(reading, owner);
      assert.ok(start !== null);
      for await (const block of blocksOf(reading, start)) blocks += block.records.length > 0 ? 1 : 0;
      return blocks;
    } finally {
      await reading.close();
    }
  }

  describe('when it is compacted', () => {
    /** Files with this name that the process has open. */
    async function openFiles(): Promise<readonly string[]> {
      const fds = await readdir('/proc/self/fd');
      const targets = await Promise.all(fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
      return targets.filter((target) => target.startsWith(file));
    }

    /** Confirms one product over and over, so that there is much to be compacted. */
    async function writeRounds(store: ConfirmedFile, rounds: number): Promise<void> {
      for (let round = 0; round < rounds; round++) {
        store.confirm(product('a', `${round}.00`));
        await store.saved();
      }
    }

    it('is closed before it is replaced, as Windows demands', async () => {
      let replaced = 0;
      const store = opened({
        compactFrom: 1000,
        rename: async (from, to) => {
          if (process.platform === 'linux') assert.deepEqual(await openFiles(), []);
          await rename(from, to);
          replaced += 1;
        },
      });
      await writeRounds(store, 100);
      assert.ok(replaced > 0);
      assert.deepEqual(log.lines, []);
    });

    it('is replaced as soon as nobody has it open', async () => {
      let failures = 2;
      const store = opened({
        compactFrom: 1000,
        rename: async (from, to) => {
          failures -= 1;
          if (failures >= 0) throw Object.assign(new Error('it is in use'), { code: 'EPERM' });
          await rename(from, to);
        },
      });
      await writeRounds(store, 60);
      assert.ok(failures < 0);
      assert.ok((await stat(file)).size < 1100);
      assert.deepEqual(log.lines, []);
    });

    it('and that fails, goes on, and it is not tried again before it has grown by half', async () => {
      const sizes: number[] = [];
      const store = opened({
        compactFrom: 1000,
        rename: async () => {
          sizes.push((await stat(file)).size);
          throw new Error('no');
        },
      });
      await writeRounds(store, 200);
      assert.ok(sizes.length >= 2 && sizes.length < 6, `It was tried ${sizes.length} times.`);
      for (const [at, size] of sizes.slice(1).entries()) assert.ok(size > 1.5 * (sizes[at] ?? 0));
      assert.deepEqual(new Set(log.lines), new Set(['warn the file of what was confirmed could not be made smaller']));
      assert.deepEqual(await known(), hashesOf(product('a', '199.00')));
      assert.deepEqual(await readdir(folder), [path.basename(file)]);
    });
  });

  it('is compacted rarely while every product is another one', async () => {
    const store = opened({ compactFrom: 1000 });
    let replaced = 0;
    let { ino } = { ino: 0 };
    const products = Array.from({ length: 2000 }, (_, at) => product(`p${at}`));
    for (const [at, next] of products.entries()) {
      store.confirm(next);
      if (at % 20 !== 0) continue;
      await store.saved();
      const found = await stat(file);
      if (found.ino !== ino) replaced += 1;
      ({ ino } = found);
    }
    await store.saved();
    assert.deepEqual(await known(), hashesOf(...products));
    assert.ok(replaced <= 8, `It was replaced ${replaced} times.`);
  });

  it('that can’t be written is told of once, and written when it can', async () => {
    await mkdir(file);
    const store = opened();
    store.confirm(product('a'));
    await store.saved();
    store.confirm(product('b'));
    await store.saved();
    assert.deepEqual(log.lines, ['warn what was confirmed could not be written']);
    await rm(file, { recursive: true });
    await store.saved();
    assert.deepEqual(await known(), hashesOf(product('a'), product('b')));
  });

  it('begins anew where too much could not be written: older records would no longer be true', async () => {
    await write(product('old'), product('p0'));
    const before = await readFile(file);
    await rm(file);
    await mkdir(file);
    const store = opened({ mostWaiting: 1000 });
    for (let at = 0; at < 100; at++) {
      store.confirm(product(`p${at}`, '2.00'));
      await store.saved();
    }
    await rm(file, { recursive: true });
    await writeFile(file, before);
    store.confirm(product('new'));
    await store.saved();
    const found = await known();
    assert.equal(found['old'], undefined);
    assert.notDeepEqual(found['p0'], valueHash(product('p0')));
    assert.deepEqual(found['new'], valueHash(product('new')));
  });

  it('that can’t be read is named, with what to do', async () => {
    await mkdir(file);
    await assert.rejects(known(), (caught) => {
      assert(caught instanceof ShopError);
      assert.equal(caught.code, 'state-unreadable');
      assert.ok(caught.message.includes(file));
      return true;
    });
  });

  it('stops reading when it is told to', async () => {
    await write(product('a'));
    const reason = new Error('enough');
    const reading = opened().records(AbortSignal.abort(reason));
    await assert.rejects(async () => {
      for await (const records of reading) assert.fail(`${records.length} records were read`);
    }, reason);
  });

  it('holds 100,000 products in a few megabytes', async () => {
    const store = opened();
    for (let at = 0; at < 100_000; at++) store.confirm(product(`P${String(at).padStart(6, '0')}`));
    await store.saved();
    const { size } = await stat(file);
    assert.ok(size < 100_000 * (7 + 11), `It has ${size} bytes.`);
    const found = await known();
    assert.equal(Object.keys(found).length, 100_000);
    assert.deepEqual(found['P099999'], valueHash(product('P099999')));
  });
});
