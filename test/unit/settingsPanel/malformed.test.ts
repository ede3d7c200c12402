import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FormModel } from '../../../src/views/settingsPanel/webview/formModel';
import { HostLink } from '../../../src/views/settingsPanel/webview/hostLink';
import { PanelRequests } from '../../../src/views/settingsPanel/panelRequests';
import { readFromHost, readRequest } from '../../../src/views/settingsPanel/protocol';
import { wordsOf } from '../../../src/views/settingsPanel/words';
import { draftOf, english, fakePanel, filledIn } from './fakePanel';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const requests: readonly Json[] = [
  ['open', null],
  ['edit', draftOf({}, { sqlPassword: 'typed' })],
  ['listTables', draftOf()],
  ['testConnection', draftOf()],
  ['plan', { ...draftOf(), discardPending: true }],
  ['configure', draftOf()],
  ['save', draftOf({ intervalSeconds: '60' })],
  ['upload', null],
  ['startSync', null],
  ['openSettings', 'shopmaster.sync.intervalSeconds'],
].map(([method, params]) => ({ kind: 'request', id: 7, method, params }) as unknown as Json);

/** Every place in a value, as the keys that lead to it. */
function placesIn(value: Json): string[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner).map((place) => [key, ...place]))];
}

/** The value with another one in a place, or with nothing there. */
function changedAt(value: Json, [key, ...rest]: readonly string[], change: Json | undefined): Json | undefined {
  if (key === undefined || typeof value !== 'object' || value === null) return change;
  const entries = Object.entries(value).flatMap(([name, inner]) => {
    const changed = name === key ? changedAt(inner, rest, change) : inner;
    return changed === undefined ? [] : [[name, changed] as const];
  });
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
const odd = fc.oneof(
  json,
  fc.constantFrom<Json>('', -1, 1.5, 1e99, 'toString', '__proto__', [], {}, { length: 1 }),
  // As JSON.parse makes it: a key like any other.
  fc.constant(JSON.parse('{"__proto__":{"isAdmin":true}}') as Json),
);

/** A message with something odd, or nothing, in one place. */
function damaged(message: Json): fc.Arbitrary<Json | undefined> {
  return fc
    .tuple(fc.constantFrom(...placesIn(message)), fc.option(odd, { nil: undefined }))
    .map(([place, change]) => changedAt(message, place, change));
}

describe('a malformed message to the host', () => {
  it('changes nothing and reaches nothing, whatever it is', () =>
    fc.assert(
      fc.asyncProperty(fc.oneof(json, fc.constantFrom(...requests).chain(damaged)), async (message) => {
        fc.pre(readRequest(message) === null);
        const { session, shop, log, states } = await fakePanel();
        const handler = new PanelRequests(session, shop.ports, wordsOf(english), log);
        const before = JSON.stringify(session.state);
        const shown = states.length;
        assert.equal(await handler.answer(message), null);
        assert.equal(JSON.stringify(session.state), before);
        assert.equal(states.length, shown);
        assert.deepEqual(shop.calls, []);
      }),
      { numRuns: 500 },
    ));

  it('is the exception: every request in the way of this test is one', () => {
    for (const request of requests) assert.notEqual(readRequest(request), null, JSON.stringify(request));
  });
});

describe('a malformed message to the panel', () => {
  const error = { code: 'internal', message: 'm', hint: 'h', remedy: '' };

  it('changes nothing and answers nothing, whatever it is', async () => {
    const { session } = await fakePanel();
    const state = JSON.parse(JSON.stringify(session.state)) as Json;
    const messages: readonly Json[] = [
      { kind: 'state', state },
      { kind: 'answer', id: 1, ok: true, result: [{ name: 'dbo.Products', lacks: '' }] },
      { kind: 'answer', id: 1, ok: false, error },
    ];
    await fc.assert(
      fc.asyncProperty(fc.oneof(json, fc.constantFrom(...messages).chain(damaged)), async (message) => {
        const read = readFromHost(message);
        // What is still a state, or an answer to what was asked, is not malformed.
        fc.pre(read === null || (read.kind === 'answer' && read.id !== 1));
        const states: unknown[] = [];
        let settled = 0;
        const link = new HostLink(
          { post: () => undefined, after: () => () => undefined },
          () => '',
          (shown) => states.push(shown),
        );
        const count = (): void => void (settled += 1);
        link.call('listTables', draftOf()).then(count, count);
        link.receive(message);
        await Promise.resolve();
        assert.deepEqual(states, []);
        assert.equal(settled, 0);
      }),
      { numRuns: 500 },
    );
  });

  it('settles no request where its result is of another method', () =>
    fc.assert(
      fc.asyncProperty(json, async (result) => {
        fc.pre(!Array.isArray(result));
        let settled = 0;
        const link = new HostLink(
          { post: () => undefined, after: () => () => undefined },
          () => '',
          () => undefined,
        );
        const count = (): void => void (settled += 1);
        link.call('listTables', draftOf()).then(count, count);
        link.receive({ kind: 'answer', id: 1, ok: true, result });
        await Promise.resolve();
        assert.equal(settled, 0);
      }),
    ));
});

describe('what VS Code has kept of a panel', () => {
  it('is taken back only where it is a form', () => {
    const kept = { edits: { table: 'dbo.Other' }, bases: { table: 'dbo.Products' } };
    fc.assert(
      fc.property(fc.oneof(json, damaged(kept)), (stored) => {
        const form = new FormModel(filledIn);
        form.restore(stored);
        assert.notEqual(readRequest({ kind: 'request', id: 1, method: 'edit', params: form.draft }), null);
      }),
    );
  });
});
