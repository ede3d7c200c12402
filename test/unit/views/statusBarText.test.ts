import assert from 'node:assert/strict';
import { stoppedEngine, type Condition } from '../../../src/condition';
import type { EngineState, Phase } from '../../../src/sync/engineState';
import { ShopError } from '../../../src/sync/errors';
import { statusBarLook } from '../../../src/views/statusBarText';
import { statusBarTooltip, tooltipCommands } from '../../../src/views/statusBarTooltip';
import { plainL10n } from './plainL10n';

const at = new Date(2024, 0, 31, 14, 32, 5).getTime();
const counts = { pending: 3, inserts: 1, updates: 2, deleted: 4, rejected: 0 };
const unreachable = new ShopError('sql-server-unreachable', 'Nobody answers.', 'Start it.', { remedy: 'retry' });

function ready(engine: Partial<EngineState>): Condition {
  return {
    kind: 'ready',
    engine: { ...stoppedEngine, scheduled: true, lastSync: at, counts, ...engine },
    intervalSeconds: 120,
  };
}

function failed(phase: Phase, error: ShopError): Condition {
  return ready({ phase, error });
}

const invalid: Condition = {
  kind: 'settings invalid',
  error: new ShopError('settings-invalid', 'shopmaster.sync.intervalSeconds is not a number', 'Correct it.'),
};
const damage = { kind: 'trigger missing', message: 'The trigger trgAfterInsert is missing.' } as const;

describe('the status bar', () => {
  const cases: readonly (readonly [what: string, Condition, text: string, severity: string, command: string])[] = [
    ['settings that are being read', { kind: 'loading' }, '$(loading~spin) shopMaster', 'none', 'pendingChanges.focus'],
    ['no settings', { kind: 'not configured' }, '$(gear) shopMaster: not configured', 'none', 'configure'],
    ['an impossible setting', invalid, '$(error) shopMaster: setting invalid', 'error', 'configure'],
    [
      'a missing password',
      { kind: 'sign in again', missing: ['digiblePassword'] },
      '$(key) shopMaster: sign in again',
      'warning',
      'configure',
    ],
    ['idleness', ready({ phase: 'idle' }), '$(sync) shopMaster: 14:32, 3 pending', 'none', 'syncNow'],
    [
      'idleness before the first look',
      ready({ phase: 'idle', lastSync: null, counts: null }),
      '$(sync) shopMaster',
      'none',
      'syncNow',
    ],
    [
      'idleness before the first sync',
      ready({ phase: 'idle', lastSync: null }),
      '$(sync) shopMaster: 3 pending',
      'none',
      'syncNow',
    ],
    [
      'rejected products',
      ready({ phase: 'idle', counts: { ...counts, rejected: 2 } }),
      '$(warning) shopMaster: 14:32, 3 pending, 2 rejected',
      'none',
      'pendingChanges.focus',
    ],
    [
      'a damaged capture',
      ready({ phase: 'idle', captureProblems: [damage] }),
      '$(tools) shopMaster: changes are not logged',
      'error',
      'repairCapture',
    ],
    [
      'triggers that the login can’t see',
      ready({ phase: 'idle', captureProblems: [{ kind: 'triggers not visible', message: 'Nobody can tell.' }] }),
      '$(sync) shopMaster: 14:32, 3 pending',
      'none',
      'syncNow',
    ],
    [
      'a stopped sync',
      ready({ phase: 'stopped', scheduled: false }),
      '$(debug-pause) shopMaster: stopped, 3 pending',
      'none',
      'startSync',
    ],
    ['a sync that begins', ready({ phase: 'syncing' }), '$(sync~spin) Syncing', 'none', 'pendingChanges.focus'],
    [
      'an upload under way',
      ready({ phase: 'uploading', progress: { activity: 'upload', done: 400, total: 1000 } }),
      '$(sync~spin) Uploading 400 of 1000',
      'none',
      'pendingChanges.focus',
    ],
    [
      'an SQL Server out of reach',
      failed('offline', unreachable),
      '$(debug-disconnect) shopMaster: offline, 3 pending',
      'warning',
      'syncNow',
    ],
    [
      'a refused login',
      failed('error', new ShopError('sql-login-failed', 'Refused.', 'Correct it.', { remedy: 'configure' })),
      '$(error) shopMaster: error',
      'error',
      'configure',
    ],
    [
      'an error that no button cures',
      failed('error', new ShopError('sql-busy', 'Busy.', 'Wait.')),
      '$(error) shopMaster: error',
      'error',
      'syncNow',
    ],
    [
      'a certificate that nobody trusts yet',
      failed('error', new ShopError('sql-certificate-untrusted', 'Own.', 'Trust.', { remedy: 'trust certificate' })),
      '$(error) shopMaster: error',
      'error',
      'syncNow',
    ],
    [
      'a lost session',
      failed('session expired', new ShopError('session-expired', 'User session expired, please reconfigure', 'Do.')),
      '$(key) shopMaster: session expired',
      'warning',
      'configure',
    ],
    [
      'another window that syncs',
      ready({ phase: 'another writer' }),
      '$(eye) shopMaster: watching only',
      'none',
      'pendingChanges.focus',
    ],
  ];

  for (const [what, condition, text, severity, command] of cases) {
    it(`shows ${what}, and knows what a click does`, () => {
      const look = statusBarLook(condition, at + 60_000, plainL10n);
      assert.deepEqual(
        { text: `$(${look.icon}) ${look.text}`, severity: look.severity, command: look.command },
        { text, severity, command: `shopmaster.${command}` },
      );
    });
  }

  it('names the day of a sync that was not today', () => {
    const tomorrow = new Date(2024, 1, 1, 0, 0, 1).getTime();
    assert.equal(
      statusBarLook(ready({ phase: 'idle' }), tomorrow, plainL10n).text,
      'shopMaster: 2024-01-31, 3 pending',
    );
  });

  it('tells a screen reader all of it', () => {
    const { label } = statusBarLook(ready({ phase: 'idle', captureProblems: [damage] }), at, plainL10n);
    assert.equal(
      label,
      'shopMaster: Sync task scheduled to run every 2 minutes; Last Sync: 2024-01-31 14:32:05; 3 pending, 0 rejected; ' +
        'The trigger trgAfterInsert is missing.',
    );
  });
});

describe('the tooltip of the status bar', () => {
  const shown = (condition: Condition): string =>
    statusBarTooltip(condition, plainL10n)
      .replace(/&#(\d+);/g, (_reference, code: string) => String.fromCharCode(Number(code)))
      .replaceAll(' &nbsp; ', ', ');

  it('is a table and links', () => {
    assert.equal(
      shown(ready({ phase: 'idle' })),
      `**shopMaster**

| State | Waiting for the next sync |
| :-- | :-- |
| Last Sync | 2024-01-31 14:32:05 |
| Pending | 3 |
| Rejected | 0 |
| Deleted (not sent) | 4 |
| Schedule | Sync task scheduled to run every 2 minutes |

[$(sync) Sync Now](command:shopmaster.syncNow), [$(debug-pause) Stop Sync](command:shopmaster.stopSync), \
[$(list-unordered) Pending Changes](command:shopmaster.pendingChanges.focus), \
[$(gear) Configure](command:shopmaster.configure), [$(output) Show Log](command:shopmaster.showLog)`,
    );
  });

  it('says what is wrong and what to do next', () => {
    const text = shown(failed('offline', unreachable));
    assert.match(text, /^\| State \| Offline \|$/m);
    assert.match(text, /^\$\(info\) Nobody answers\. Start it\.$/m);
  });

  it('stays the same while a run goes on, which would close it', () => {
    const during = (phase: Phase, done: number): string =>
      shown(ready({ phase, progress: { activity: phase === 'syncing' ? 'sync' : 'upload', done, total: 60 } }));
    for (const phase of ['syncing', 'uploading', 'verifying'] as const)
      assert.equal(during(phase, 40), during(phase, 41));
    assert.match(during('syncing', 40), /^\| State \| Syncing \|$/m);
  });

  it('says no more what ended the last run while one is under way', () => {
    assert.doesNotMatch(shown(ready({ phase: 'syncing', error: unreachable })), /Start it/);
  });

  it('offers to repair a damaged capture, and to start a stopped sync', () => {
    const text = shown(ready({ phase: 'stopped', scheduled: false, captureProblems: [damage] }));
    assert.match(text, /^\$\(tools\) The trigger trgAfterInsert is missing\.$/m);
    assert.match(text, /\(command:shopmaster\.repairCapture\).*\(command:shopmaster\.startSync\)/);
    assert.match(text, /Sync task has been stopped/);
  });

  it('leads to the settings while they are not there', () => {
    const text = shown({ kind: 'not configured' });
    assert.match(text, /shopMaster is not configured yet/);
    assert.match(text, /\(command:shopmaster\.configure\)/);
    assert.doesNotMatch(text, /syncNow/);
  });

  it('names a setting that is wrong, and says what to do', () => {
    assert.match(shown(invalid), /shopmaster\.sync\.intervalSeconds is not a number\n\nCorrect it\./);
  });

  it('links to nothing but what it is trusted with', () => {
    const conditions = [
      invalid,
      ready({ phase: 'idle', captureProblems: [damage] }),
      ready({ phase: 'stopped', scheduled: false }),
    ];
    const links = conditions.flatMap((condition) => [...shown(condition).matchAll(/\(command:([^)]+)\)/g)]);
    assert.ok(links.length > 0);
    for (const [, command] of links) assert.ok((tooltipCommands as readonly string[]).includes(command ?? ''), command);
  });

  it('takes nothing from outside for a link, an icon, a cell or HTML', () => {
    const nasty = '[x](command:shopmaster.removeFromDatabase) | $(bug) <b>&amp; https://example.com `code`\n# big';
    const text = statusBarTooltip(failed('error', new ShopError('digible-refused', nasty, nasty)), plainL10n);
    const inert = text.split('\n').filter((line) => line.includes('removeFromDatabase'));
    assert.equal(inert.length, 1);
    for (const line of inert) assert.match(line.replace('$(info) ', ''), /^([\w ]|&#\d+;)+$/);
  });
});
