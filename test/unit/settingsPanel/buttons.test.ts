import assert from 'node:assert/strict';
import type { PanelError, PanelState } from '../../../src/views/settingsPanel/protocol';
import { actionsOf, type Editing } from '../../../src/views/settingsPanel/webview/actions';
import { cureOf } from '../../../src/views/settingsPanel/webview/cures';
import { filledIn } from './fakePanel';

const state: PanelState = {
  saved: filledIn,
  secrets: { digiblePassword: 'stored', sqlPassword: 'stored' },
  storedProblems: [],
  configured: true,
  test: null,
  configure: null,
  upload: null,
  ready: true,
  scheduled: false,
};
const editing: Editing = { values: filledIn, dirty: false, saving: false, problems: false };
const plan = { table: 'dbo.Products', steps: [], warnings: [] };

describe('the buttons of the settings panel', () => {
  it('offer everything but Save where everything is saved', () => {
    assert.deepEqual(actionsOf(state, editing), {
      form: true,
      testConnection: true,
      configure: true,
      save: false,
      upload: true,
      about: 'aboutSaved',
    });
  });

  it('offer Save for a change that does not concern the database', () => {
    const { save, about } = actionsOf(state, {
      ...editing,
      dirty: true,
      values: { ...filledIn, intervalSeconds: '60' },
    });
    assert.deepEqual([save, about], [true, 'aboutSave']);
  });

  it('leave another table to Configure', () => {
    const { save, configure, about } = actionsOf(state, {
      ...editing,
      dirty: true,
      values: { ...filledIn, table: 'dbo.Other' },
    });
    assert.deepEqual([save, configure, about], [false, true, 'aboutDatabase']);
  });

  it('have no Save, and no Upload Products, before the first Configure', () => {
    const { save, upload, about } = actionsOf(
      { ...state, configured: false, ready: false },
      { ...editing, dirty: true },
    );
    assert.deepEqual([save, upload, about], [null, false, 'aboutFirst']);
  });

  for (const [what, changed, saving] of [
    ['Configure runs', { configure: { phase: 'running', plan, begun: 0 } }, false],
    ['it is being saved', {}, true],
  ] as const)
    it(`are all disabled, and the form with them, while ${what}`, () => {
      const { form, testConnection, configure, save, upload } = actionsOf(
        { ...state, ...changed },
        { ...editing, dirty: true, saving },
      );
      assert.deepEqual([form, testConnection, configure, save, upload], [false, false, false, false, false]);
    });

  it('are disabled each while its own work runs', () => {
    const busy = actionsOf(
      {
        ...state,
        test: { sqlServer: { ok: true, detail: '' }, digible: null },
        configure: { phase: 'planning', discardPending: false },
        upload: { phase: 'running', done: 0, total: 0 },
      },
      editing,
    );
    assert.deepEqual([busy.form, busy.testConnection, busy.configure, busy.upload], [true, false, false, false]);
  });
});

describe('the button next to a failure', () => {
  const cure = (code: string, remedy = '', authentication: 'windows' | 'password' = 'password'): unknown => {
    const error: PanelError = { code, message: '', hint: '', remedy };
    const { kind, ...rest } = cureOf(error, { ...filledIn, authentication }, 'testAgain') ?? { kind: null, word: '' };
    return 'field' in rest ? [kind, rest.field] : kind;
  };

  for (const [code, remedy, expected] of [
    ['sql-certificate-untrusted', 'trust certificate', 'trust certificate'],
    ['sql-browser-silent', 'configure', 'start browser'],
    ['sql-login-failed', 'configure', ['focus', 'sqlPassword']],
    ['session-expired', 'sign in', ['focus', 'digiblePassword']],
    ['digible-login-failed', 'configure', ['focus', 'digiblePassword']],
    ['sql-database-unknown', 'configure', ['focus', 'database']],
    ['sql-server-not-found', 'configure', ['focus', 'server']],
    ['sql-server-not-found', 'retry', 'again'],
    ['sql-server-unreachable', 'retry', 'again'],
    ['columns-missing', 'configure', ['focus', 'table']],
    ['digible-address-invalid', 'configure', 'settings'],
    ['internal', '', 'log'],
    ['no-answer', '', 'again'],
    ['trigger-taken', 'configure', null],
  ] as const)
    it(`does what cures ${code}${remedy === '' ? '' : ` (${remedy})`}`, () => {
      assert.deepEqual(cure(code, remedy), expected);
    });

  it('leads to Security where a Windows account is refused', () => {
    assert.deepEqual(cure('sql-login-failed', 'configure', 'windows'), ['focus', 'authentication']);
  });
});
