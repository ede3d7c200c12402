import assert from 'node:assert/strict';
import { JoinedWork } from '../../../src/views/joinedWork';

describe('work that is joined', () => {
  let joined: JoinedWork<'verify' | 'queue'>;
  let begun: string[];
  let ends: (() => void)[];

  beforeEach(() => {
    joined = new JoinedWork();
    begun = [];
    ends = [];
  });

  /** Asks for it, and lets what can begin begin. */
  async function ask(kind: 'verify' | 'queue', failure?: Error): Promise<{ readonly work: Promise<void> }> {
    const work = joined.run(kind, async () => {
      begun.push(kind);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (failure !== undefined) throw failure;
    });
    await turns();
    return { work };
  }

  async function end(): Promise<void> {
    ends.shift()?.();
    await turns();
  }

  const turns = () => new Promise(setImmediate);

  it('is done once for all who ask for the same while it is under way, and anew for who asks later', async () => {
    const [one, other] = [await ask('verify'), await ask('verify')];
    assert.deepEqual(begun, ['verify']);
    await end();
    await Promise.all([one.work, other.work]);
    const later = await ask('verify');
    assert.deepEqual(begun, ['verify', 'verify']);
    await end();
    await later.work;
  });

  it('is not taken for work of another kind: that comes after it, one for all who ask', async () => {
    const asked = [await ask('verify'), await ask('queue'), await ask('queue'), await ask('verify')];
    assert.deepEqual(begun, ['verify']);
    await end();
    assert.deepEqual(begun, ['verify', 'queue']);
    const again = await ask('verify');
    await end();
    assert.deepEqual(begun, ['verify', 'queue', 'verify']);
    await end();
    await Promise.all([...asked, again].map(({ work }) => work));
  });

  it('fails for all who have joined it, and for nobody else', async () => {
    const failure = new Error('no');
    const [one, other, another] = [await ask('verify', failure), await ask('verify'), await ask('queue')];
    const failed = Promise.all([one, other].map(({ work }) => assert.rejects(work, failure)));
    await end();
    await failed;
    await end();
    await another.work;
    assert.deepEqual(begun, ['verify', 'queue']);
  });
});
