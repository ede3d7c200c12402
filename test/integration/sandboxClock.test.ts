import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { startDigible, type DigibleSandbox, type RequestEvent } from '../../demo/digible/sandbox';
import { batch, SandboxCaller } from './sandboxCaller';

const hour = 3_600;

/** What a token says about itself. */
function claimsOf(token: string | null): Record<string, unknown> {
  return JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}

describe('The Digible sandbox', () => {
  let sandbox: DigibleSandbox;
  let caller: SandboxCaller;
  const start = async (...[options]: Parameters<typeof startDigible>): Promise<void> => {
    sandbox = await startDigible(options);
    caller = new SandboxCaller(sandbox);
  };
  afterEach(() => sandbox.close());

  for (const [where, aheadSeconds] of [
    ['ahead', 2 * hour],
    ['behind', -2 * hour],
  ] as const) {
    it(`with a clock that is ${where} issues, dates and checks tokens by it`, async () => {
      await start();
      sandbox.tokenTerms.clockAheadSeconds = aheadSeconds;
      const { headers } = await caller.signIn();
      const now = Date.now() / 1_000 + aheadSeconds;
      const { iat, exp } = claimsOf(caller.token);
      assert.ok(Math.abs(Number(iat) - now) < 60);
      assert.equal(Number(exp) - Number(iat), hour);
      assert.ok(Math.abs(Date.parse(headers.get('date') ?? '') / 1_000 - now) < 60);
      assert.equal((await caller.sync(batch(1))).status, 200);
      sandbox.tokenTerms.clockAheadSeconds += 2 * hour;
      assert.deepEqual((await caller.sync(batch(1))).json, { message: 'Token expired' });
    });
  }

  it('issues tokens that say less about themselves', async () => {
    await start();
    Object.assign(sandbox.tokenTerms, { issuedAt: false, lifetimeSeconds: null });
    await caller.signIn();
    const claims = claimsOf(caller.token);
    assert.deepEqual([claims['iat'], claims['exp']], [undefined, undefined]);
    assert.equal((await caller.sync(batch(1))).status, 200);
  });

  it('takes the tokens of an earlier one that had its key, and of no other', async () => {
    const tokenKey = randomBytes(32);
    await start({ tokenKey });
    await caller.signIn();
    const { token } = caller;
    for (const [options, status] of [
      [{ tokenKey }, 200],
      [{}, 401],
    ] as const) {
      await sandbox.close();
      await start(options);
      caller.token = token;
      assert.equal((await caller.sync(batch(1))).status, status);
    }
  });

  it('tells of each request step by step, also of one that is applied after it has left', async () => {
    const seen: string[] = [];
    const onRequest = (request: number, event: RequestEvent): void => {
      const what = { arrived: 'call', left: 'how' }[event.kind as string];
      seen.push([request, event.kind, what === undefined ? '' : String(Reflect.get(event, what))].join(' ').trim());
    };
    await start({ onRequest });
    await caller.signIn();
    await caller.sync(batch(2));
    sandbox.faults.add({ kind: 'applied late', times: 1 });
    await assert.rejects(caller.sync(batch(2)));
    sandbox.faults.applyAbandoned();
    await caller.update(batch(1, 7)[0]);
    assert.deepEqual(seen, [
      ...['1 arrived login', '1 left 200'],
      ...['2 arrived sync', '2 applied', '2 left 200'],
      ...['3 arrived sync', '3 left dropped', '3 applied'],
      ...['4 arrived update', '4 left 404'],
    ]);
  });
});
