import assert from 'node:assert/strict';
import { campaign, type Campaign } from './campaign';
import { invariants } from './invariants';

const histories = 2000;
const seed = 20240101;

describe('Whatever the shop does, whatever fails and whenever', function () {
  this.timeout(300_000);
  let played: Campaign;

  before(async () => {
    played = await campaign({ seed, histories });
  });

  for (const invariant of Object.values(invariants))
    it(invariant.replace(/^\d /, ''), () => {
      if (played.failure?.violation.invariant === invariant) assert.fail(played.failure.text);
    });

  it(`all ${histories} histories were played`, () => {
    assert.equal(played.histories, histories);
  });
});
