import assert from 'node:assert/strict';
import { methods, type PanelState } from '../../../src/views/settingsPanel/protocol';
import { fromOrigin, HostLink, type RequestFailure } from '../../../src/views/settingsPanel/webview/hostLink';
import { draftOf, fakePanel } from './fakePanel';

class FakeWire {
  readonly posted: { readonly id: number; readonly method: string; readonly params: unknown }[] = [];
  readonly timers: { readonly ms: number; readonly fire: () => void; forgotten: boolean }[] = [];

  post(message: unknown): void {
    this.posted.push(message as (typeof this.posted)[number]);
  }

  after(ms: number, fire: () => void): () => void {
    const timer = { ms, fire, forgotten: false };
    this.timers.push(timer);
    return () => (timer.forgotten = true);
  }
}

function linked(): { readonly wire: FakeWire; readonly link: HostLink; readonly states: PanelState[] } {
  const wire = new FakeWire();
  const states: PanelState[] = [];
  const link = new HostLink(
    wire,
    () => 'No answer.',
    (state) => states.push(state),
  );
  return { wire, link, states };
}

const answer = (id: number, result: unknown): unknown => ({ kind: 'answer', id, ok: true, result });

describe('the panel’s way to the host', () => {
  it('gives each request an id of its own, and each answer to who asked', async () => {
    const { wire, link } = linked();
    const first = link.call('edit', draftOf());
    const second = link.call('edit', draftOf({ table: '' }));
    const [one, two] = wire.posted.map(({ id }) => id);
    assert.notEqual(one, two);
    link.receive(answer(two ?? 0, { table: 'empty' }));
    link.receive(answer(one ?? 0, {}));
    assert.deepEqual(await Promise.all([first, second]), [{}, { table: 'empty' }]);
    assert.ok(wire.timers.every(({ forgotten }) => forgotten));
  });

  it('rejects with what the host says went wrong', async () => {
    const { wire, link } = linked();
    const asked = link.call('startSync', null);
    const error = { code: 'session-expired', message: 'Expired.', hint: 'Sign in.', remedy: 'sign in' };
    link.receive({ kind: 'answer', id: wire.posted[0]?.id, ok: false, error });
    await assert.rejects(asked, (failure: RequestFailure) => {
      assert.deepEqual(failure.error, error);
      return true;
    });
  });

  it('gives up after the method’s time, and takes no answer after that', async () => {
    const { wire, link } = linked();
    const asked = link.call('listTables', draftOf());
    assert.equal(wire.timers[0]?.ms, methods.listTables.timeoutMs);
    wire.timers[0].fire();
    await assert.rejects(asked, (failure: RequestFailure) => failure.error.code === 'no-answer');
    link.receive(answer(wire.posted[0]?.id ?? 0, []));
    assert.equal(wire.posted.at(-1)?.method, 'reportUnknown');
  });

  it('waits on where an answer has a result of another method', async () => {
    const { wire, link } = linked();
    const asked = link.call('listTables', draftOf());
    const id = wire.posted[0]?.id ?? 0;
    link.receive(answer(id, { table: 'empty' }));
    assert.equal(wire.posted.at(-1)?.method, 'reportUnknown');
    link.receive(answer(id, [{ name: 'dbo.Products', lacks: '' }]));
    assert.deepEqual(await asked, [{ name: 'dbo.Products', lacks: '' }]);
  });

  it('passes states on, and reports what is neither state nor answer without what it holds', async () => {
    const { wire, link, states } = linked();
    const { session } = await fakePanel();
    link.receive({ kind: 'state', state: session.state });
    link.receive({ kind: 'state', state: { ...session.state, extra: 'x' } });
    link.receive(null);
    assert.equal(states.length, 1);
    assert.deepEqual(
      wire.posted.map(({ method, params }) => [method, params]),
      [
        ['reportUnknown', null],
        ['reportUnknown', null],
      ],
    );
  });

  it('hears its own origin alone', () => {
    const heard: unknown[] = [];
    const listen = fromOrigin('vscode-webview://own', (message) => heard.push(message));
    for (const origin of ['https://evil.example', 'vscode-webview://other', 'null', '', 'vscode-webview://own'])
      listen({ origin, data: origin });
    assert.deepEqual(heard, ['vscode-webview://own']);
  });

  it('is content with an answer to its own report', () => {
    const { wire, link } = linked();
    link.receive('?');
    link.receive(answer(wire.posted[0]?.id ?? 0, null));
    assert.equal(wire.posted.length, 1);
  });
});
