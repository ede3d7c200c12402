import assert from 'node:assert/strict';
import { entryOf, type HistoryEntry } from '../../../src/sync/historyEntry';
import { cancelled, ShopError } from '../../../src/sync/errors';
import { nothingSynced, nothingUploaded, nothingVerified, type RunResult } from '../../../src/sync/runResult';
import { detailTexts, runText } from '../../../src/views/history/historyText';
import { RunRecorder } from '../../../src/views/history/runRecorder';
import { plainL10n } from './plainL10n';

const at = new Date(2024, 0, 31, 14, 32, 5).getTime();
const away = new ShopError('sql-server-unreachable', 'SQL Server is away.', 'Start it.');

function entry(result: RunResult): HistoryEntry {
  const made = entryOf(result, at);
  assert.ok(made !== null);
  return made;
}

function sync(report: Partial<typeof nothingSynced>, error: ShopError | null = null): HistoryEntry {
  return entry({ trigger: 'schedule', report: { ...nothingSynced, seconds: 1.24, ...report }, error });
}

describe('a run in the history', () => {
  it('says when it was, what asked for it, what it came to, and how long it took', () => {
    assert.deepEqual(runText(sync({ inserted: 3, updated: 2, requests: 3 }), at, plainL10n), {
      label: '14:32:05 Scheduled',
      description: '3 inserted, 2 updated · 1.2 s',
      outcome: 'sent',
    });
  });

  it('has its date where it was not today', () => {
    const tomorrow = new Date(2024, 1, 1).getTime();
    assert.equal(runText(sync({}), tomorrow, plainL10n).label, '2024-01-31 14:32 Scheduled');
  });

  it('tells a manual sync and an upload from a scheduled one', () => {
    const manual = entry({ trigger: 'manual', report: nothingSynced, error: null });
    const upload = entry({
      trigger: 'upload',
      report: { ...nothingUploaded, products: 1000, seconds: 61 },
      error: null,
    });
    assert.equal(runText(manual, at, plainL10n).label, '14:32:05 Manual');
    assert.deepEqual(runText(upload, at, plainL10n), {
      label: '14:32:05 Upload',
      description: '1000 uploaded · 1 min 1 s',
      outcome: 'sent',
    });
  });

  it('tells what a verify has found', () => {
    const verify = (report: Partial<typeof nothingVerified>) =>
      runText(
        entry({ trigger: 'verify', report: { ...nothingVerified, seconds: 2, ...report }, error: null }),
        at,
        plainL10n,
      );
    const { label, description, outcome } = verify({ missing: 3, gone: 1, queued: 4 });
    assert.equal(label, '14:32:05 Verify');
    assert.deepEqual([description, outcome], ['3 missing, 1 gone, 4 written to ChangeLog · 2.0 s', 'differs']);
    assert.deepEqual([verify({}).description, verify({}).outcome], ['no difference · 2.0 s', 'quiet']);
  });

  it('is quiet where nothing was pending', () => {
    const text = runText(sync({}), at, plainL10n);
    assert.deepEqual([text.description, text.outcome], ['nothing was pending · 1.2 s', 'quiet']);
  });

  it('stands for all the quiet runs that it has gathered', () => {
    const firstAt = new Date(2024, 0, 31, 9, 0, 0).getTime();
    const text = runText({ ...sync({}), times: 166, firstAt }, at, plainL10n);
    assert.equal(text.description, 'nothing was pending · 166 times since 09:00:00');
  });

  it('shows what it failed with, and what to do', () => {
    const failed = sync({}, away);
    const text = runText(failed, at, plainL10n);
    assert.deepEqual([text.description, text.outcome], ['SQL Server is away. · 1.2 s', 'failed']);
    const [first] = detailTexts(failed, plainL10n);
    assert.deepEqual(first, { kind: 'error', label: 'SQL Server is away.', description: 'Start it.' });
  });

  it('is no failure where the user cancelled it', () => {
    const upload = entry({
      trigger: 'upload',
      report: { ...nothingUploaded, products: 400, cancelled: true },
      error: null,
    });
    const text = runText(upload, at, plainL10n);
    assert.deepEqual([text.description, text.outcome], ['cancelled, 400 uploaded · 0.0 s', 'cancelled']);
    assert.equal(
      runText(sync({ inserted: 1 }, cancelled()), at, plainL10n).description,
      'cancelled, 1 inserted · 1.2 s',
    );
  });

  it('unfolds into its figures, without those that are 0', () => {
    const details = detailTexts(sync({ inserted: 3, coalesced: 4, deleted: 1, requests: 2 }), plainL10n);
    assert.deepEqual(
      details.map(({ label, description }) => `${label} ${description}`),
      [
        'Inserted 3',
        'Coalesced 4',
        'Deleted (not sent) 1',
        'Requests 2',
        'Duration 1.2 s',
        'Ended 2024-01-31 14:32:05',
      ],
    );
  });

  it('unfolds into what was rejected, and counts what is not listed', () => {
    const rejections = Array.from({ length: 25 }, (_, index) => ({
      productId: `P${index}`,
      productName: index === 0 ? 'Cup' : null,
      reason: 'too dear',
    }));
    const details = detailTexts(sync({ rejected: 25, rejections }), plainL10n).filter(
      ({ kind }) => kind === 'rejection',
    );
    assert.equal(details.length, 21);
    assert.deepEqual(details[0], { kind: 'rejection', label: 'P0 Cup', description: 'too dear' });
    assert.equal(details[1]?.label, 'P1');
    assert.equal(details.at(-1)?.label, 'and 5 more');
  });
});

describe('the recorder of the history', () => {
  it('knows when the last run is written down, however long that takes', async () => {
    const finish: (() => void)[] = [];
    const written: unknown[] = [];
    const record = async (result: RunResult, time: number): Promise<void> => {
      await new Promise<void>((resolve) => finish.push(resolve));
      written.push([result.trigger, time]);
    };
    const recorder = new RunRecorder({ record }, { now: () => at });
    recorder.record({ trigger: 'manual', report: nothingSynced, error: null });
    recorder.record({ trigger: 'schedule', report: nothingSynced, error: cancelled() });
    const recorded = recorder.recorded();
    for (const end of finish) end();
    await recorded;
    assert.deepEqual(written, [
      ['manual', at],
      ['schedule', at],
    ]);
  });

  it('has nothing to wait for before the first run', async () => {
    const recorder = new RunRecorder({ record: () => Promise.resolve() }, { now: () => at });
    await recorder.recorded();
  });
});
