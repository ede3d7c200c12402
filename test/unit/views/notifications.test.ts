import assert from 'node:assert/strict';
import { stoppedEngine } from '../../../src/condition';
import type { EngineState } from '../../../src/sync/engineState';
import { anotherWriter, cancelled, ShopError } from '../../../src/sync/errors';
import { nothingSynced, nothingUploaded, type RunResult } from '../../../src/sync/runResult';
import { causeChain, failureNotice } from '../../../src/views/failureNotice';
import { rejectedNotice } from '../../../src/views/rejectedNotice';
import { syncCutShortWords, syncedWords, uploadCutShortWords, uploadedWords } from '../../../src/views/runWords';
import { TroubleWatch } from '../../../src/views/troubleWatch';
import { plainL10n } from './plainL10n';

const unreachable = new ShopError('sql-server-unreachable', 'SQL Server is away.', 'Start it.', { remedy: 'retry' });
const digibleAway = new ShopError('digible-unreachable', 'Digible is away.', 'Wait.');
const expired = new ShopError('session-expired', 'User session expired, please reconfigure', 'Check it.', {
  remedy: 'sign in',
});
const missingTable = new ShopError('table-missing', 'There is no table Products.', 'Name another.', {
  remedy: 'configure',
});
const denied = new ShopError('sql-permission-denied', 'No permission.', 'Ask for it.');
const damage = { kind: 'trigger missing', message: 'A trigger is missing.' } as const;

describe('the notice of a failure', () => {
  const cases: readonly (readonly [what: string, ShopError, command: string | null])[] = [
    ['a wrong setting', missingTable, 'shopmaster.configure'],
    ['a lost session', expired, 'shopmaster.configure'],
    ['a shop that is not configured', new ShopError('not-configured', 'Not.', 'Do.'), 'shopmaster.configure'],
    ['a damaged capture', new ShopError('capture-damaged', 'Damaged.', 'Repair.'), 'shopmaster.repairCapture'],
    ['what a retry may cure', unreachable, 'shopmaster.syncNow'],
    ['what is a mistake of our own', new ShopError('internal', 'Oh.', 'See the log.'), 'shopmaster.showLog'],
    ['what no button cures', denied, null],
  ];
  for (const [what, error, command] of cases)
    it(`has the one button that cures ${what}`, () => {
      const cure = failureNotice(error, 'shopmaster.syncNow', plainL10n)?.cure ?? null;
      assert.equal(cure?.kind === 'command' ? cure.command : cure, command);
    });

  it('asks for trust where the certificate is not trusted, to try again what failed', () => {
    const error = new ShopError('sql-certificate-untrusted', 'Own.', 'Trust.', { remedy: 'trust certificate' });
    for (const [failed, again] of [
      ['shopmaster.previewNextSync', 'shopmaster.previewNextSync'],
      ['shopmaster.dismissDeleted', 'shopmaster.syncNow'],
    ] as const)
      assert.deepEqual(failureNotice(error, failed, plainL10n)?.cure, {
        kind: 'trust certificate',
        title: 'Trust Certificate',
        failed: again,
      });
  });

  it('tries again what failed, if that can be chosen without a row', () => {
    for (const [failed, expected] of [
      ['shopmaster.uploadProducts', 'Upload Products'],
      ['shopmaster.verifyCatalogue', 'Verify Catalogue'],
      ['shopmaster.queueDifferences', 'Queue Differences'],
      ['shopmaster.testConnection', 'Test Connection'],
      ['shopmaster.previewNextSync', 'Preview Next Sync'],
      ['shopmaster.discardChange', 'Sync Now'],
    ] as const)
      assert.equal(failureNotice(unreachable, failed, plainL10n)?.cure?.title, expected);
  });

  it('says what happened and what to do next, as two sentences', () => {
    assert.equal(failureNotice(unreachable, 'shopmaster.syncNow', plainL10n)?.text, 'SQL Server is away. Start it.');
    const text = failureNotice(expired, 'shopmaster.syncNow', plainL10n)?.text;
    assert.equal(text, 'User session expired, please reconfigure. Check it.');
  });

  it('is none for what the user cancelled', () => {
    assert.equal(failureNotice(cancelled(), 'shopmaster.syncNow', plainL10n), null);
  });

  it('is no error where another window syncs', () => {
    assert.equal(failureNotice(anotherWriter(), 'shopmaster.uploadProducts', plainL10n)?.severity, 'information');
  });

  it('leads to the log for what nobody has thought of', () => {
    assert.deepEqual(failureNotice(new TypeError('x is undefined'), 'shopmaster.syncNow', plainL10n), {
      severity: 'error',
      text: 'Something unexpected went wrong: x is undefined',
      cure: { kind: 'command', command: 'shopmaster.showLog', title: 'Show Log' },
    });
  });

  it('has in the log what first went wrong', () => {
    const refused = Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' });
    const error = new ShopError('sql-server-unreachable', 'Away.', 'Wait.', {
      cause: new Error('Failed to connect', { cause: refused }),
    });
    assert.deepEqual(causeChain(error), ['Away.', 'Failed to connect', 'ECONNREFUSED']);
  });

  it('comes to an end where causes go in circles', () => {
    const error: Error & { cause?: unknown } = new Error('round');
    error.cause = error;
    assert.ok(causeChain(error).length <= 10);
  });
});

describe('news that nobody asked for', () => {
  const ok: Partial<EngineState> = { phase: 'idle', error: null };
  const offline: Partial<EngineState> = { phase: 'offline', error: unreachable };
  const stateOf = (engine: Partial<EngineState>): EngineState => ({ ...stoppedEngine, scheduled: true, ...engine });

  /** What is told after each of these runs: a code, another kind of news, or a dash. */
  function told(
    watch: TroubleWatch,
    ...runs: readonly (readonly [Exclude<RunResult['trigger'], 'verify'>, Partial<EngineState>])[]
  ): readonly string[] {
    return runs.map(([trigger, engine]) => {
      const error = engine.error ?? null;
      const result: RunResult =
        trigger === 'upload' ? { trigger, report: nothingUploaded, error } : { trigger, report: nothingSynced, error };
      const tidings = watch.runFinished(result, stateOf(engine));
      return tidings === null ? '-' : tidings.kind === 'failed' ? tidings.error.code : tidings.kind;
    });
  }

  it('come once when scheduled runs turn bad, and once when they are good again', () => {
    assert.deepEqual(
      told(
        new TroubleWatch(),
        ['schedule', ok],
        ['schedule', offline],
        ['schedule', offline],
        ['schedule', { phase: 'offline', error: digibleAway }],
        ['schedule', ok],
        ['schedule', ok],
        ['schedule', offline],
      ),
      ['-', 'sql-server-unreachable', '-', '-', 'recovered', '-', 'sql-server-unreachable'],
    );
  });

  it('come once for each kind of trouble, however often they take turns', () => {
    const session: Partial<EngineState> = { phase: 'session expired', error: expired };
    const broken: Partial<EngineState> = { phase: 'error', error: denied };
    assert.deepEqual(
      told(
        new TroubleWatch(),
        ['schedule', offline],
        ['schedule', session],
        ['schedule', broken],
        ['schedule', offline],
        ['schedule', session],
        ['schedule', broken],
        ['schedule', ok],
      ),
      ['sql-server-unreachable', 'session-expired', 'sql-permission-denied', '-', '-', '-', 'recovered'],
    );
  });

  it('leave to the command what the user asked for, and do not repeat what it has shown', () => {
    const watch = new TroubleWatch();
    assert.deepEqual(told(watch, ['manual', offline]), ['-']);
    watch.shown(unreachable);
    assert.deepEqual(told(watch, ['schedule', offline], ['schedule', ok]), ['-', 'recovered']);
  });

  it('come where nobody has shown what the user’s own run failed with', () => {
    const watch = new TroubleWatch();
    assert.deepEqual(told(watch, ['upload', offline], ['schedule', offline]), ['-', 'sql-server-unreachable']);
  });

  it('are not needed for a run of the user’s own that says itself that it went well', () => {
    const watch = new TroubleWatch();
    told(watch, ['upload', offline]);
    watch.shown(unreachable);
    assert.deepEqual(told(watch, ['manual', ok], ['schedule', ok]), ['-', '-']);
  });

  it('take for one trouble what a command shows and a run meets in other words', () => {
    const watch = new TroubleWatch();
    watch.shown(digibleAway);
    assert.deepEqual(told(watch, ['schedule', offline]), ['-']);
    watch.shown(new ShopError('digible-login-failed', 'Refused.', 'Correct it.'));
    assert.deepEqual(told(watch, ['schedule', { phase: 'session expired', error: expired }]), ['-']);
  });

  it('claim no recovery where no run had failed', () => {
    const watch = new TroubleWatch();
    watch.shown(denied);
    assert.deepEqual(told(watch, ['schedule', ok]), ['-']);
  });

  it('do not take a run that found no work for the end of a lost session', () => {
    const lost: Partial<EngineState> = { phase: 'session expired', error: expired };
    const watch = new TroubleWatch();
    told(watch, ['schedule', lost]);
    const quiet: RunResult = { trigger: 'schedule', report: nothingSynced, error: null };
    assert.equal(watch.runFinished(quiet, stateOf(lost)), null);
  });

  it('say nothing of what was cancelled, or of another window that syncs', () => {
    const watch = new TroubleWatch();
    told(watch, ['schedule', offline]);
    const aborted: RunResult = { trigger: 'schedule', report: nothingSynced, error: cancelled() };
    assert.equal(watch.runFinished(aborted, stateOf(ok)), null);
    const watching: RunResult = { trigger: 'schedule', report: { ...nothingSynced, anotherWriter: true }, error: null };
    assert.equal(watch.runFinished(watching, stateOf({ phase: 'another writer', error: anotherWriter() })), null);
    assert.deepEqual(told(watch, ['schedule', ok]), ['recovered']);
  });

  it('tell of a damaged capture once, whoever asked for the run, and of its repair', () => {
    const damaged = { ...ok, captureProblems: [damage] };
    assert.deepEqual(told(new TroubleWatch(), ['manual', damaged], ['schedule', damaged], ['schedule', ok]), [
      'capture damaged',
      '-',
      'recovered',
    ]);
  });

  it('do not take what the login can’t see for damage', () => {
    const unseen = { kind: 'triggers not visible', message: 'Nobody can tell.' } as const;
    assert.deepEqual(told(new TroubleWatch(), ['schedule', { ...ok, captureProblems: [unseen] }]), ['-']);
  });

  it('come once for a missing password or an impossible setting, until shopMaster works again', () => {
    const watch = new TroubleWatch();
    const signIn = { kind: 'sign in again', missing: ['sqlPassword'] } as const;
    const invalid = { kind: 'settings invalid', error: new ShopError('settings-invalid', 'Wrong.', 'Do.') } as const;
    const kinds = [signIn, signIn, invalid, signIn, invalid].map(
      (condition) => watch.conditionChanged(condition)?.kind,
    );
    assert.deepEqual(kinds, ['sign in again', undefined, 'failed', undefined, undefined]);
    assert.deepEqual(told(watch, ['schedule', ok]), ['recovered']);
    assert.equal(watch.conditionChanged(signIn)?.kind, 'sign in again');
  });

  it('begin anew when the settings were taken away', () => {
    const watch = new TroubleWatch();
    told(watch, ['schedule', offline]);
    assert.equal(watch.conditionChanged({ kind: 'not configured' }), null);
    assert.deepEqual(told(watch, ['schedule', ok]), ['-']);
  });
});

describe('the notice of rejected products', () => {
  const cup = { productId: 'P1', productName: 'Cup', reason: 'productPrice is too high' };
  const nameless = { productId: 'P2', productName: ' ', reason: 'it has no name' };

  it('names one product, and why', () => {
    assert.equal(rejectedNotice([cup], new Set(), plainL10n), 'The product Cup was rejected: productPrice is too high');
    assert.equal(rejectedNotice([nameless], new Set(), plainL10n), 'The product P2 was rejected: it has no name');
  });

  it('counts several', () => {
    assert.equal(rejectedNotice([cup, nameless], new Set(), plainL10n), '2 products were rejected.');
  });

  it('leaves out what was rejected before', () => {
    assert.equal(
      rejectedNotice([cup, nameless], new Set(['P2']), plainL10n),
      rejectedNotice([cup], new Set(), plainL10n),
    );
    assert.equal(rejectedNotice([cup, nameless], new Set(['P1', 'P2']), plainL10n), null);
  });
});

describe('the words at the end of a run', () => {
  it('are the desktop’s, with the figures', () => {
    const report = { ...nothingSynced, inserted: 3, updated: 2, pending: 1, busy: 1 };
    assert.deepEqual(syncedWords(report, plainL10n), {
      kind: 'done',
      text: 'Manual sync completed successfully: 3 inserted, 2 updated, 1 locked by the shop, 1 still pending.',
    });
  });

  it('are quiet where there was nothing to send', () => {
    assert.deepEqual(syncedWords({ ...nothingSynced, deleted: 2 }, plainL10n), {
      kind: 'quiet',
      text: 'Manual sync completed successfully, nothing was pending',
    });
  });

  it('lead to what was rejected', () => {
    assert.equal(syncedWords({ ...nothingSynced, rejected: 1, pending: 1 }, plainL10n).kind, 'rejected');
    assert.deepEqual(uploadedWords({ ...nothingUploaded, products: 999, rejected: 1 }, plainL10n), {
      kind: 'rejected',
      text: '999 products were uploaded. 1 was rejected.',
    });
  });

  it('claim no sync where another window syncs', () => {
    const { text } = syncedWords({ ...nothingSynced, anotherWriter: true }, plainL10n);
    assert.match(text, /^Another window or PC already syncs this shop\./);
  });

  it('confirm an upload, and say that a cancelled one can be resumed', () => {
    const upload = (products: number, isCancelled = false): string =>
      uploadedWords({ ...nothingUploaded, products, cancelled: isCancelled }, plainL10n).text;
    assert.equal(upload(1000), '1000 products were uploaded.');
    assert.equal(upload(1), '1 product was uploaded.');
    assert.equal(upload(400, true), 'The upload was cancelled after 400 products. Upload Products can resume it.');
    assert.equal(upload(1, true), 'The upload was cancelled after 1 product. Upload Products can resume it.');
    assert.equal(upload(0, true), 'The upload was cancelled.');
  });

  it('say why a run ended that nobody cancelled', () => {
    assert.equal(
      syncCutShortWords(plainL10n).text,
      'The sync ended because settings or database were changed. What is pending is sent next time.',
    );
    const upload = (products: number, rejected = 0) =>
      uploadCutShortWords({ ...nothingUploaded, products, rejected, cancelled: true }, plainL10n);
    assert.equal(upload(0).text, 'The upload ended because settings or database were changed.');
    assert.equal(upload(1).text, 'The upload ended after 1 product because settings or database were changed.');
    assert.deepEqual(upload(400, 1), {
      kind: 'rejected',
      text: 'The upload ended after 400 products because settings or database were changed.',
    });
  });
});
