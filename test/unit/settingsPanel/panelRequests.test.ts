import assert from 'node:assert/strict';
import { PanelRequests } from '../../../src/views/settingsPanel/panelRequests';
import { type MethodName, methods } from '../../../src/views/settingsPanel/protocol';
import { wordsOf } from '../../../src/views/settingsPanel/words';
import { draftOf, english, type FakePanel, fakePanel, wrongPassword } from './fakePanel';

async function fakeRequests(): Promise<FakePanel & { readonly requests: PanelRequests }> {
  const panel = await fakePanel();
  return { ...panel, requests: new PanelRequests(panel.session, panel.shop.ports, wordsOf(english), panel.log) };
}

describe('requests of the settings panel', () => {
  it('are answered with a result of their method', async () => {
    const params: Readonly<Record<MethodName, unknown>> = {
      open: null,
      edit: draftOf(),
      listTables: draftOf(),
      testConnection: draftOf(),
      plan: { ...draftOf(), discardPending: false },
      configure: draftOf(),
      dismissPlan: null,
      save: draftOf(),
      upload: null,
      cancelUpload: null,
      startSync: null,
      openSettings: 'shopmaster.upload.batchSize',
      showLog: null,
      reportUnknown: null,
    };
    const { requests } = await fakeRequests();
    let id = 0;
    for (const [method, given] of Object.entries(params)) {
      id += 1;
      const answer = await requests.answer({ kind: 'request', id, method, params: given });
      assert.ok(answer?.ok, method);
      assert.equal(answer.id, id);
      assert.ok(methods[method as MethodName].result(answer.result), method);
    }
  });

  it('reach what they ask for', async () => {
    const { requests, shop } = await fakeRequests();
    for (const [method, params] of [
      ['openSettings', 'shopmaster.upload.batchSize'],
      ['cancelUpload', null],
      ['startSync', null],
      ['showLog', null],
    ])
      await requests.answer({ kind: 'request', id: 1, method, params });
    assert.deepEqual(shop.calls, ['openSettings shopmaster.upload.batchSize', 'cancelUpload', 'startSync', 'showLog']);
  });

  it('are answered with what went wrong', async () => {
    const { requests, shop } = await fakeRequests();
    shop.startSync = () => Promise.reject(wrongPassword);
    assert.deepEqual(await requests.answer({ kind: 'request', id: 7, method: 'startSync', params: null }), {
      kind: 'answer',
      id: 7,
      ok: false,
      error: {
        code: 'sql-login-failed',
        message: 'The login was refused.',
        hint: 'Check the password.',
        remedy: 'configure',
      },
    });
  });

  it('are answered with a plain sentence, and logged, where what went wrong is unexpected', async () => {
    const { requests, shop, log } = await fakeRequests();
    shop.tables = () => Promise.reject(new TypeError('x is not a function'));
    const answer = await requests.answer({ kind: 'request', id: 7, method: 'listTables', params: draftOf() });
    assert.equal(answer?.ok === false && answer.error.message, 'Something unexpected went wrong: x is not a function');
    assert.match(log.lines.join(), /^error .*x is not a function/);
  });

  it('change nothing where they are malformed, and are logged at debug without what they hold', async () => {
    const { requests, shop, log, states } = await fakeRequests();
    const before = states.length;
    const message = { kind: 'request', id: 1, method: 'save', params: { typed: { sqlPassword: 'typed-s' } } };
    assert.equal(await requests.answer(message), null);
    assert.equal(states.length, before);
    assert.deepEqual(shop.calls, []);
    assert.equal(log.lines.length, 1);
    assert.match(log.lines.join(), /^debug /);
    assert.doesNotMatch(log.lines.join(), /typed-s/);
  });
});
