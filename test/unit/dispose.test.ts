import assert from 'node:assert/strict';
import { DisposableOwner, type Disposable } from '../../src/dispose';

class Owner extends DisposableOwner {
  readonly own = <T extends Disposable>(disposable: T): T => this.register(disposable);
}

describe('An owner of disposables', () => {
  let gone: string[];
  const thing = (name: string, fails = false): Disposable => ({
    dispose: () => {
      gone.push(name);
      if (fails) throw new Error(`${name} fails`);
    },
  });

  beforeEach(() => {
    gone = [];
  });

  it('disposes of what it owns, the last first', () => {
    const owner = new Owner();
    for (const name of ['a', 'b', 'c']) owner.own(thing(name));
    assert.deepEqual([gone, owner.isDisposed], [[], false]);
    owner.dispose();
    assert.deepEqual([gone, owner.isDisposed], [['c', 'b', 'a'], true]);
  });

  it('disposes of a thing once, however often it is disposed of itself', () => {
    const owner = new Owner();
    owner.own(thing('a'));
    owner.dispose();
    owner.dispose();
    assert.deepEqual(gone, ['a']);
  });

  it('disposes at once of what comes late', () => {
    const owner = new Owner();
    owner.dispose();
    const late = thing('late');
    assert.equal(owner.own(late), late);
    assert.deepEqual(gone, ['late']);
  });

  it('disposes of what is added by a thing that goes', () => {
    const owner = new Owner();
    owner.own({ dispose: () => void owner.own(thing('added')) });
    owner.dispose();
    assert.deepEqual(gone, ['added']);
  });

  it('disposes of everything although one thing fails, and says so', () => {
    const owner = new Owner();
    owner.own(thing('a'));
    owner.own(thing('b', true));
    owner.own(thing('c'));
    assert.throws(() => owner.dispose(), /b fails/);
    assert.deepEqual(gone, ['c', 'b', 'a']);
  });
});
