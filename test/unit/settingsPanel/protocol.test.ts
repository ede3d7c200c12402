import assert from 'node:assert/strict';
import fc from 'fast-check';
import { methods, readFromHost, readRequest, someFormValues } from '../../../src/views/settingsPanel/protocol';
import { wordKeys } from '../../../src/views/settingsPanel/wordKeys';
import { wordsOf } from '../../../src/views/settingsPanel/words';
import { draftOf, english, fakePanel, filledIn } from './fakePanel';

const request = { kind: 'request', id: 1, method: 'edit', params: draftOf() };

describe('the protocol of the settings panel', () => {
  it('reads a request as it was sent', () => {
    assert.deepEqual(readRequest(request), request);
  });

  for (const [what, message] of [
    ['nothing', null],
    ['a text', 'request'],
    ['a list', [request]],
    ['a request without an id', { ...request, id: undefined }],
    ['a request whose id is no number', { ...request, id: '1' }],
    ['a method that there is not', { ...request, method: 'eval' }],
    ['a method that every object has', { ...request, method: 'toString' }],
    ['parameters of another method', { ...request, method: 'openSettings' }],
    ['a draft without values', { ...request, params: { typed: {} } }],
    ['a form with a field too few', { ...request, params: { values: { ...filledIn, table: undefined }, typed: {} } }],
    ['a form with a field too many', { ...request, params: { values: { ...filledIn, baseUrl: '' }, typed: {} } }],
    ['a field of another type', { ...request, params: draftOf({ intervalSeconds: 120 as unknown as string }) }],
    ['a choice that there is not', { ...request, params: draftOf({ authentication: 'magic' as 'windows' }) }],
    ['a password that there is not', { ...request, params: { values: filledIn, typed: { token: 'x' } } }],
    ['a setting of somebody else', { ...request, method: 'openSettings', params: 'http.proxy' }],
    ['something more than a request', { ...request, secret: 'x' }],
  ] as const)
    it(`takes ${what} for no request`, () => {
      assert.equal(readRequest(message), null);
    });

  it('takes nothing for a request or an answer that is neither', () => {
    fc.assert(
      fc.property(fc.anything(), (message) => {
        assert.equal(readRequest(message), null);
        assert.equal(readFromHost(message), null);
      }),
    );
  });

  it('carries every state that the host shows, through JSON and back', async () => {
    const { session, states } = await fakePanel();
    await session.testConnection(draftOf());
    await session.plan(draftOf(), false);
    session.upload();
    for (const state of states) {
      const message = { kind: 'state', state };
      assert.deepEqual(readFromHost(JSON.parse(JSON.stringify(message))), message);
    }
  });

  it('has no place for a password in what the host says', async () => {
    const { session } = await fakePanel();
    const { state } = session;
    for (const smuggled of [
      { ...state, password: 'x' },
      { ...state, secrets: { ...state.secrets, digiblePassword: 'x' } },
      { ...state, saved: { ...state.saved, sqlPassword: 'x' } },
    ])
      assert.equal(readFromHost({ kind: 'state', state: smuggled }), null);
  });

  it('reads answers, right and wrong ones', () => {
    const error = { code: 'internal', message: 'm', hint: 'h', remedy: '' };
    for (const message of [
      { kind: 'answer', id: 3, ok: true, result: null },
      { kind: 'answer', id: 3, ok: false, error },
    ])
      assert.deepEqual(readFromHost(message), message);
    assert.equal(readFromHost({ kind: 'answer', id: 3, ok: true, error }), null);
    assert.equal(readFromHost({ kind: 'answer', id: 3, ok: false, error: { ...error, stack: 'x' } }), null);
  });

  it('carries every word that the panel shows', async () => {
    const { session } = await fakePanel();
    const words = wordsOf(english);
    assert.ok(methods.open.result({ words, state: session.state }));
    assert.deepEqual(Object.keys(words).sort(), [...wordKeys].sort());
    assert.ok(Object.values(words).every((word) => word !== ''));
  });

  it('knows part of a form from what is none', () => {
    assert.ok(someFormValues({}));
    assert.ok(someFormValues({ table: 'x', encrypt: false }));
    assert.ok(!someFormValues({ table: 1 }));
    assert.ok(!someFormValues({ sqlPassword: 'x' }));
  });
});
