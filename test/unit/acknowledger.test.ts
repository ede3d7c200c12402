import assert from 'node:assert/strict';
import { Acknowledger } from '../../src/sync/acknowledger';
import type { LogId } from '../../src/sync/model';
import { FakeClock } from './fakeClock';

const rest = { signal: new AbortController().signal, writeFirst: () => Promise.resolve() };

/** A ChangeLog whose statements end when a test says so. */
class SlowChangeLog {
  readonly statements: (readonly LogId[])[] = [];
  private readonly open: { resolve: () => void; reject: (reason: Error) => void }[] = [];

  acknowledge(logIds: readonly LogId[]): Promise<void> {
    this.statements.push(logIds);
    return new Promise((resolve, reject) => this.open.push({ resolve, reject }));
  }

  async finish(failure?: Error): Promise<void> {
    await turn();
    const statement = this.open.shift();
    assert.ok(statement, 'no statement is under way');
    if (failure === undefined) statement.resolve();
    else statement.reject(failure);
    await turn();
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => String(from + at));

describe('The acknowledger', () => {
  let log: SlowChangeLog;
  let clock: FakeClock;
  let acknowledger: Acknowledger;
  beforeEach(() => {
    log = new SlowChangeLog();
    clock = new FakeClock();
    acknowledger = new Acknowledger({ ...rest, changeLog: log, clock });
  });

  it('deletes exactly what was added', async () => {
    acknowledger.add(['5', '3']);
    const drained = acknowledger.drain();
    await log.finish();
    await drained;
    assert.deepEqual(log.statements, [['5', '3']]);
  });

  it('needs one statement for what is confirmed at the same moment', async () => {
    for (const logId of numbers(1, 200)) acknowledger.add([logId]);
    await log.finish();
    await acknowledger.drain();
    assert.deepEqual(log.statements, [numbers(1, 200)]);
  });

  it('gathers what is confirmed while a statement runs for the next one', async () => {
    acknowledger.add(['1']);
    await turn();
    acknowledger.add(['2']);
    acknowledger.add(['3', '4']);
    await log.finish();
    const drained = acknowledger.drain();
    await log.finish();
    await drained;
    assert.deepEqual(log.statements, [['1'], ['2', '3', '4']]);
  });

  it('gives small confirmations a moment to gather after a statement', async () => {
    acknowledger.add(['1']);
    await log.finish();
    acknowledger.add(['2']);
    await clock.advance(49);
    acknowledger.add(['3']);
    assert.deepEqual(log.statements, [['1']]);
    await clock.advance(1);
    assert.deepEqual(log.statements, [['1'], ['2', '3']]);
  });

  it('waits for no more where a statement is full', async () => {
    acknowledger.add(['1']);
    await log.finish();
    acknowledger.add(numbers(2, 1001));
    await turn();
    assert.deepEqual(log.statements, [['1'], numbers(2, 1001)]);
  });

  it('waits for no more where somebody waits for the end, and leaves no timer behind', async () => {
    acknowledger.add(['1']);
    await log.finish();
    acknowledger.add(['2']);
    const drained = acknowledger.drain();
    await log.finish();
    await drained;
    assert.deepEqual(log.statements, [['1'], ['2']]);
    assert.equal(clock.waiting, 0);
  });

  it('deletes at most 1,000 changes with one statement', async () => {
    acknowledger.add(numbers(1, 2300));
    const drained = acknowledger.drain();
    for (let n = 0; n < 3; n++) await log.finish();
    await drained;
    assert.deepEqual(
      log.statements.map(({ length }) => length),
      [1000, 1000, 300],
    );
  });

  it('starts again after it has come to rest', async () => {
    acknowledger.add(['1']);
    await log.finish();
    await acknowledger.drain();
    acknowledger.add(['2']);
    await log.finish();
    await acknowledger.drain();
    assert.deepEqual(log.statements, [['1'], ['2']]);
  });

  it('is drained at once when nothing was added', async () => {
    await acknowledger.drain();
    acknowledger.add([]);
    await acknowledger.drain();
    assert.deepEqual(log.statements, []);
  });

  it('rejects with the first failure, and leaves the rest pending', async () => {
    acknowledger.add(numbers(1, 1500));
    await log.finish(new Error('connection lost'));
    await assert.rejects(acknowledger.drain(), /connection lost/);
    assert.equal(log.statements.length, 1);
  });

  it('still comes to rest when something is added after a failure', async () => {
    acknowledger.add(['1']);
    await log.finish(new Error('connection lost'));
    acknowledger.add(['2']);
    await assert.rejects(acknowledger.drain(), /connection lost/);
    assert.deepEqual(log.statements, [['1']]);
  });

  it('says that it has failed to who wants to send more', async () => {
    acknowledger.throwIfFailed();
    acknowledger.add(['1']);
    await log.finish(new Error('connection lost'));
    assert.throws(() => acknowledger.throwIfFailed(), /connection lost/);
  });

  it('leaves no rejected promise behind that nobody looks at', async () => {
    const stray: unknown[] = [];
    const listen = (reason: unknown): void => void stray.push(reason);
    process.on('unhandledRejection', listen);
    try {
      acknowledger.add(['1']);
      await log.finish(new Error('connection lost'));
      await turn();
      assert.deepEqual(stray, []);
    } finally {
      process.off('unhandledRejection', listen);
    }
  });

  it('acknowledges only when what must be written first is', async () => {
    const done: string[] = [];
    const changeLog = {
      acknowledge: (logIds: readonly string[]) => Promise.resolve(void done.push(`acknowledged ${logIds.join()}`)),
    };
    const writeFirst = () => Promise.resolve(void done.push('written'));
    const one = new Acknowledger({ ...rest, changeLog, clock, writeFirst });
    one.add(['1']);
    await one.drain();
    assert.deepEqual(done, ['written', 'acknowledged 1']);
  });
});
