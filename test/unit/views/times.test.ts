import assert from 'node:assert/strict';
import { lastSyncLine, scheduleLine } from '../../../src/views/statusLine';
import { age, duration, localTime, shortTime } from '../../../src/views/times';
import { plainL10n } from './plainL10n';

describe('times', () => {
  const at = new Date(2024, 1, 3, 4, 5, 6).getTime();

  it('are the desktop’s, in local time', () => {
    assert.equal(localTime(at), '2024-02-03 04:05:06');
    assert.equal(lastSyncLine(at, plainL10n), 'Last Sync: 2024-02-03 04:05:06');
    assert.equal(lastSyncLine(null, plainL10n), null);
  });

  it('are short on the same day, and a date on another one', () => {
    assert.equal(shortTime(at, new Date(2024, 1, 3, 23, 59).getTime()), '04:05');
    assert.equal(shortTime(at, new Date(2024, 1, 4, 0, 0).getTime()), '2024-02-03');
  });

  for (const [seconds, words] of [
    [0.04, '0.0 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min 0 s'],
    [125, '2 min 5 s'],
    [4800, '1 h 20 min'],
  ] as const)
    it(`say ${words} for ${seconds} seconds`, () => assert.equal(duration(seconds, plainL10n), words));

  for (const [seconds, words] of [
    [-3, '0 s ago'],
    [119, '119 s ago'],
    [180, '3 min ago'],
    [7200, '2 h ago'],
    [200_000, '2 days ago'],
  ] as const)
    it(`say ${words} for what is ${seconds} seconds old`, () => assert.equal(age(seconds, plainL10n), words));

  for (const [seconds, words] of [
    [5, 'Sync task scheduled to run every 5 seconds'],
    [60, 'Sync task scheduled to run every minute'],
    [90, 'Sync task scheduled to run every 90 seconds'],
    [120, 'Sync task scheduled to run every 2 minutes'],
    [3600, 'Sync task scheduled to run every hour'],
    [7200, 'Sync task scheduled to run every 2 hours'],
  ] as const)
    it(`say “${words}” for an interval of ${seconds} seconds`, () =>
      assert.equal(scheduleLine(true, seconds, plainL10n), words));

  it('say that nothing is scheduled', () => {
    assert.equal(scheduleLine(false, 120, plainL10n), 'Sync task has been stopped');
  });
});
