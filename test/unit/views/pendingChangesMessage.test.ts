import assert from 'node:assert/strict';
import { stoppedEngine, type Condition } from '../../../src/condition';
import type { EngineState } from '../../../src/sync/engineState';
import { ShopError } from '../../../src/sync/errors';
import { viewDescription, viewMessage, type ViewState } from '../../../src/views/pendingChanges/viewMessage';
import { localTime, shortTime } from '../../../src/views/times';
import { plainL10n } from './plainL10n';

const lastSync = Date.UTC(2024, 4, 17, 10, 11, 12);
const unreachable = new ShopError('sql-server-unreachable', 'Shop does not answer.', 'Check the network.');

function messageOf(engine: Partial<EngineState>, view: Partial<ViewState> = {}): string | undefined {
  const condition: Condition = { kind: 'ready', engine: { ...stoppedEngine, ...engine }, intervalSeconds: 120 };
  return viewMessage({ condition, failure: null, hasLooked: true, isEmpty: false, ...view }, plainL10n);
}

describe('the message above the pending changes', () => {
  it('is the desktop’s status line, and when the last sync was', () => {
    assert.equal(
      messageOf({ phase: 'idle', scheduled: true, lastSync }),
      `Sync task scheduled to run every 2 minutes · Last Sync: ${localTime(lastSync)}`,
    );
    assert.equal(messageOf({}), 'Sync task has been stopped');
  });

  it('leaves an empty tree to the welcome content', () => {
    assert.equal(messageOf({ lastSync }, { isEmpty: true }), undefined);
    assert.equal(messageOf({}, { isEmpty: true, failure: unreachable }), undefined);
    const conditions: readonly Condition[] = [
      { kind: 'loading' },
      { kind: 'not configured' },
      { kind: 'sign in again', missing: ['digiblePassword'] },
    ];
    for (const condition of conditions) assert.equal(messageOf({}, { condition, isEmpty: true }), undefined);
  });

  it('says why rows are old', () => {
    assert.equal(messageOf({}, { failure: unreachable }), 'Shop does not answer. Check the network.');
  });

  it('says what to do where ChangeLog is missing, also in an empty tree', () => {
    const failure = new ShopError('not-configured', 'ChangeLog is missing.', 'Configure the shop.');
    assert.equal(messageOf({}, { failure, isEmpty: true }), 'ChangeLog is missing. Configure the shop.');
  });

  it('says that the session expired, also in an empty tree', () => {
    const error = new ShopError('session-expired', 'User session expired, please reconfigure', 'Check the password.');
    const engine = { phase: 'session expired', error } as const;
    assert.equal(messageOf(engine, { isEmpty: true }), 'User session expired, please reconfigure');
  });

  it('says that another window syncs', () => {
    assert.match(messageOf({ phase: 'another writer' }, { isEmpty: true }) ?? '', /^Another window or PC/);
  });

  it('says that Digible can’t be reached', () => {
    const error = new ShopError('digible-unreachable', 'Digible does not answer.', 'Check the internet line.');
    assert.equal(messageOf({ phase: 'offline', error }), 'Digible does not answer. Check the internet line.');
  });

  it('no longer says that SQL Server can’t be reached once a look went through', () => {
    const engine = { phase: 'offline', error: unreachable, scheduled: true } as const;
    assert.equal(messageOf(engine), 'Sync task scheduled to run every 2 minutes');
    assert.equal(messageOf(engine, { hasLooked: false }), 'Shop does not answer. Check the network.');
    assert.equal(messageOf(engine, { isEmpty: true }), undefined);
  });

  it('has the first two problems of the capture', () => {
    const captureProblems = ['One.', 'Two.', 'Three.', 'Four.'].map((message) => {
      return { kind: 'trigger missing', message } as const;
    });
    assert.equal(messageOf({ captureProblems }, { isEmpty: true }), 'One. · Two. · And 2 more.');
    assert.equal(messageOf({ captureProblems: captureProblems.slice(0, 1) }), 'One.');
  });
});

describe('what stands beside the title of the pending changes', () => {
  const descriptionOf = (engine: Partial<EngineState>, isEmpty: boolean): string | undefined => {
    const condition: Condition = { kind: 'ready', engine: { ...stoppedEngine, ...engine }, intervalSeconds: 120 };
    return viewDescription({ condition, failure: null, hasLooked: true, isEmpty }, lastSync + 60_000, plainL10n);
  };

  it('is the last sync, in short, where the message does not have it', () => {
    assert.equal(descriptionOf({ lastSync }, true), `Last Sync: ${shortTime(lastSync, lastSync)}`);
    assert.equal(descriptionOf({ lastSync }, false), undefined);
    assert.equal(descriptionOf({}, true), undefined);
  });
});
