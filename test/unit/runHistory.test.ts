import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { anotherWriter, ShopError } from '../../src/sync/errors';
import { nothingSynced, nothingUploaded, nothingVerified, type RunResult } from '../../src/sync/runResult';
import { RunHistory } from '../../src/sync/runHistory';
import { FakeClock } from './fakeClock';
import { FakeLog } from './fakeLog';

type SyncResult = Exclude<RunResult, { readonly trigger: 'upload' }>;

const offline = new ShopError('digible-unreachable', 'Digible can’t be reached.', 'Wait.');
const busy = new ShopError('sql-busy', 'The table is locked.', 'Wait.');

const quiet: RunResult = { trigger: 'schedule', report: nothingSynced, error: null };
const scheduled = (report: Partial<SyncResult['report']>, error: ShopError | null = null): RunResult => ({
  trigger: 'schedule',
  report: { ...nothingSynced, ...report },
  error,
});
const manual: RunResult = { trigger: 'manual', report: { ...nothingSynced, inserted: 2, requests: 1 }, error: null };
const uploaded = (report: Partial<typeof nothingUploaded>, error: ShopError | null = null): RunResult => ({
  trigger: 'upload',
  report: { ...nothingUploaded, ...report },
  error,
});

describe('The history of runs', () => {
  let folder: string;
  let directory: string;
  let log: FakeLog;
  let history: RunHistory;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'shopmaster-history-'));
    directory = path.join(folder, 'shop', 'history');
    log = new FakeLog();
    history = new RunHistory(directory, log);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const warnings = () => log.lines.filter((line) => !line.startsWith('debug'));

  async function recordAll(...results: readonly RunResult[]): Promise<void> {
    for (const [at, result] of results.entries()) await history.record(result, 1000 + at);
  }

  it('is empty before the first run', async () => {
    assert.deepEqual(await history.list(), []);
    assert.deepEqual(await readdir(folder), [], 'nothing is made before it is needed');
  });

  it('tells the newest first, with figures and what went wrong', async () => {
    const report = { ...nothingSynced, inserted: 3, rejected: 1, pending: 1, deleted: 2, requests: 4, seconds: 1.5 };
    const rejections = [{ productId: 'a', productName: null, reason: 'too sour' }];
    await history.record({ trigger: 'manual', report: { ...report, rejections }, error: offline }, 1000);
    await history.record(uploaded({ products: 700, requests: 5, seconds: 9 }), 2000);
    const zero = { inserted: 0, updated: 0, coalesced: 0, uploaded: 0, rejected: 0, deleted: 0 };
    const verified = { missing: 0, different: 0, gone: 0, queued: 0 };
    const zeroes = { ...zero, busy: 0, unsettled: 0, pending: 0, requests: 0, ...verified };
    assert.deepEqual(await history.list(), [
      {
        at: 2000,
        trigger: 'upload',
        seconds: 9,
        counts: { ...zeroes, uploaded: 700, requests: 5 },
        rejections: [],
        error: null,
        times: 1,
        firstAt: 2000,
      },
      {
        at: 1000,
        trigger: 'manual',
        seconds: 1.5,
        counts: { ...zeroes, inserted: 3, rejected: 1, pending: 1, deleted: 2, requests: 4 },
        rejections,
        error: { code: 'digible-unreachable', message: 'Digible can’t be reached.', hint: 'Wait.' },
        times: 1,
        firstAt: 1000,
      },
    ]);
  });

  it('outlives a restart', async () => {
    await recordAll(manual);
    assert.deepEqual(await new RunHistory(directory, log).list(), await history.list());
  });

  it('keeps the last fifty runs, and twenty rejections of each', async () => {
    const rejections = Array.from({ length: 30 }, (_, n) => ({ productId: `${n}`, productName: null, reason: 'no' }));
    for (let at = 0; at < 60; at++)
      await history.record(scheduled({ inserted: 1, requests: 1, rejections }), 1000 + at);
    const entries = await history.list();
    assert.deepEqual(
      entries.map(({ at }) => at),
      Array.from({ length: 50 }, (_, n) => 1059 - n),
    );
    assert.equal(entries[0]?.rejections.length, 20);
    assert.equal((await readdir(directory)).length, 50);
  });

  it('is only for its owner to read', async () => {
    await recordAll(manual);
    const [name = ''] = await readdir(directory);
    assert.match(name, /^0{11}1000-[\da-f-]{36}\.json$/);
    if (process.platform === 'win32') return;
    assert.equal((await stat(path.join(directory, name))).mode & 0o777, 0o600);
    assert.equal((await stat(directory)).mode & 0o777, 0o700);
  });

  describe('makes one line', () => {
    it('of a quiet night', async () => {
      await recordAll(manual, quiet, quiet, quiet);
      assert.deepEqual(
        (await history.list()).map(({ trigger, at, firstAt, times }) => ({ trigger, at, firstAt, times })),
        [
          { trigger: 'schedule', at: 1003, firstAt: 1001, times: 3 },
          { trigger: 'manual', at: 1000, firstAt: 1000, times: 1 },
        ],
      );
      assert.equal((await readdir(directory)).length, 2);
    });

    it('of the same failure again and again', async () => {
      await recordAll(scheduled({ requests: 5 }, offline), scheduled({ requests: 5 }, offline), scheduled({}, busy));
      assert.deepEqual(
        (await history.list()).map(({ times, error }) => [times, error?.code]),
        [
          [1, 'sql-busy'],
          [2, 'digible-unreachable'],
        ],
      );
    });

    it('over a restart', async () => {
      await recordAll(quiet);
      await new RunHistory(directory, log).record(quiet, 2000);
      assert.deepEqual(
        (await history.list()).map(({ times }) => times),
        [2],
      );
    });

    for (const [what, first, second] of [
      ['of runs that a person asked for', manual, manual],
      ['of manual syncs that sent nothing', { ...quiet, trigger: 'manual' }, { ...quiet, trigger: 'manual' }],
      ['of uploads', uploaded({}), uploaded({})],
      ['of a run that sent something and a quiet one', scheduled({ inserted: 1, requests: 1 }), quiet],
      ['of a quiet run and one that sent something', quiet, scheduled({ updated: 1, requests: 1 })],
      ['of a failure and a quiet run', scheduled({}, offline), quiet],
      ['of failures that had sent something', scheduled({ inserted: 1 }, offline), scheduled({}, offline)],
      ['of a quiet run and one with a rejected product more', quiet, scheduled({ rejected: 1 })],
    ] as const)
      it(`not ${what}`, async () => {
        await recordAll(first, second);
        assert.deepEqual(
          (await history.list()).map(({ times }) => times),
          [1, 1],
        );
      });
  });

  it('says that an upload was cancelled', async () => {
    await recordAll(uploaded({ products: 400, requests: 2, cancelled: true }));
    assert.equal((await history.list())[0]?.error?.code, 'cancelled');
  });

  it('leaves out runs that only watched', async () => {
    await recordAll(scheduled({ anotherWriter: true }), uploaded({}, anotherWriter()));
    assert.deepEqual(await history.list(), []);
    await recordAll(scheduled({ anotherWriter: true, inserted: 200, requests: 1 }));
    assert.equal((await history.list()).length, 1, 'this one lost the lock on its way');
  });

  it('tells what a verify has found', async () => {
    const report = { ...nothingVerified, missing: 3, gone: 1, queued: 4, seconds: 2 };
    await history.record({ trigger: 'verify', report, error: null }, 1000);
    const [entry] = await history.list();
    assert.deepEqual([entry?.trigger, entry?.seconds, entry?.rejections], ['verify', 2, []]);
    const { missing, different, gone, queued, requests } = entry!.counts;
    assert.deepEqual([missing, different, gone, queued, requests], [3, 0, 1, 4, 0]);
  });

  it('reads entries from before a figure was known', async () => {
    await recordAll(manual);
    const [name = ''] = await readdir(directory);
    const file = path.join(directory, name);
    const entry = JSON.parse(await readFile(file, 'utf8')) as { counts: Record<string, number> };
    const { missing, different, gone, queued, ...older } = entry.counts;
    assert.deepEqual([missing, different, gone, queued], [0, 0, 0, 0]);
    await writeFile(file, JSON.stringify({ ...entry, counts: older }));
    assert.deepEqual(await history.list(), [entry]);
  });

  it('passes over what is no entry, and tells the log', async () => {
    await recordAll(manual);
    const [name = ''] = await readdir(directory);
    const entry = JSON.parse(await readFile(path.join(directory, name), 'utf8')) as object;
    const texts = [
      '',
      '{',
      'null',
      '[]',
      '{}',
      JSON.stringify({ ...entry, counts: null }),
      JSON.stringify({ ...entry, at: '1' }),
    ];
    for (const [at, text] of texts.entries())
      await writeFile(path.join(directory, `00000000000200${at}-${name.slice(16)}`), text);
    await writeFile(path.join(directory, 'notes.txt'), 'mine');
    assert.equal((await history.list()).length, 1);
    assert.equal(log.lines.length, texts.length);
    await recordAll(quiet);
    assert.equal((await history.list()).length, 2, 'the next run is recorded all the same');
    assert.deepEqual(warnings(), []);
  });

  it('takes away what a crash left half-written', async () => {
    await recordAll(manual);
    const [name = ''] = await readdir(directory);
    await writeFile(path.join(directory, `${name.replace('1000', '0999')}.tmp`), '{"at":');
    await writeFile(path.join(directory, 'notes.tmp'), 'mine');
    for (let at = 0; at < 50; at++) await history.record(manual, 2000 + at);
    const names = await readdir(directory);
    assert.deepEqual([names.length, names.filter((other) => other.endsWith('.tmp'))], [51, ['notes.tmp']]);
  });

  it('that can not be written breaks nothing', async () => {
    await writeFile(path.join(folder, 'file'), '');
    await new RunHistory(path.join(folder, 'file'), log).record(manual, 1000);
    assert.deepEqual(warnings(), ['warn the history could not be written']);
  });

  describe('of two windows', () => {
    let other: RunHistory;
    beforeEach(() => {
      other = new RunHistory(directory, log);
    });

    it('has the runs of both, written at once', async () => {
      const work: Promise<void>[] = [];
      for (let at = 0; at < 20; at++) work.push(history.record(manual, 1000 + at), other.record(manual, 1000 + at));
      await Promise.all(work);
      const [one, two] = await Promise.all([history.list(), other.list()]);
      assert.equal(one.length, 40);
      assert.deepEqual(one, two);
      assert.deepEqual(log.lines, []);
    });

    it('prunes to fifty whoever prunes', async () => {
      const work: Promise<void>[] = [];
      for (let at = 0; at < 60; at++) work.push(history.record(manual, 1000 + at), other.record(manual, 1000 + at));
      await Promise.all(work);
      assert.equal((await history.list()).length, 50);
      assert.equal((await readdir(directory)).length, 50);
      assert.deepEqual(warnings(), []);
    });

    it('counts each quiet run once', async () => {
      const work: Promise<void>[] = [];
      for (let at = 0; at < 40; at++) work.push(history.record(quiet, 1000 + at), other.record(quiet, 1000 + at));
      await Promise.all(work);
      const entries = await history.list();
      assert.equal(
        entries.reduce((sum, { times }) => sum + times, 0),
        80,
      );
      assert.deepEqual(warnings(), []);
      assert.equal((await readdir(directory)).length, entries.length);
    });
  });

  describe('watched', () => {
    let clock: FakeClock;
    let watching: RunHistory;
    beforeEach(() => {
      clock = new FakeClock();
      watching = new RunHistory(directory, log, clock);
    });

    /** Until the directory's change has come through. */
    async function noticed(): Promise<void> {
      const deadline = Date.now() + 10_000;
      while (clock.waiting === 0) {
        assert.ok(Date.now() < deadline, 'the change was not noticed');
        await new Promise((resolve) => setImmediate(resolve));
      }
    }

    it('tells that another window has written, once for what comes at once', async () => {
      let told = 0;
      const watch = watching.watch(() => (told += 1));
      await recordAll(manual, manual, manual);
      await noticed();
      assert.equal(told, 0);
      await clock.advance(100);
      assert.equal(told, 1);
      await history.record(manual, 2000);
      await noticed();
      await clock.advance(100);
      assert.equal(told, 2);
      watch.dispose();
    });

    it('goes on when a listener throws', async () => {
      const watch = watching.watch(() => {
        throw new Error('a view');
      });
      await recordAll(manual);
      await noticed();
      await clock.advance(100);
      assert.deepEqual(log.lines, ['error a listener failed']);
      watch.dispose();
    });

    it('tells nothing any more once nobody listens', async () => {
      let told = 0;
      const watch = watching.watch(() => (told += 1));
      await recordAll(manual);
      await noticed();
      watch.dispose();
      watch.dispose();
      assert.equal(clock.waiting, 0);
      await clock.advance(1000);
      assert.equal(told, 0);
    });

    it('is logged where it can not be', async () => {
      await writeFile(path.join(folder, 'file'), '');
      new RunHistory(path.join(folder, 'file'), log, clock).watch(() => undefined).dispose();
      assert.deepEqual(log.lines, ['warn the history is not watched']);
    });
  });
});
