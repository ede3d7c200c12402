import assert from 'node:assert/strict';
import { ShopError } from '../../src/sync/errors';
import { RecordingCatalogue } from '../../src/sync/digible/recordingCatalogue';
import type { RejectedProduct } from '../../src/sync/model';
import { previewSync, type PreviewedRequest, type SyncPreview } from '../../src/sync/preview';
import { emptyState } from './fakeStore';
import { manyKeys, price, SyncWorld } from './syncWorld';

const never = new AbortController().signal;

describe('A preview of the next sync', () => {
  let world: SyncWorld;
  let shop: SyncWorld['shop'];
  beforeEach(() => {
    world = new SyncWorld();
    ({ shop } = world);
  });

  function preview(state = emptyState, newestFirst = false): Promise<SyncPreview> {
    const { clock, log, settings } = world;
    const { changeLog, products } = shop;
    const recorder = new RecordingCatalogue('https://api.digible.one');
    const parts = { changeLog, products, recorder, clock, log, settings, state, newestFirst };
    return clock.runUntilSettled(previewSync(parts, never));
  }

  const idsIn = ({ body }: PreviewedRequest) =>
    [body].flat().map((product) => (product as { readonly productId: string }).productId);

  it('has the requests as they would go out, without the token', async () => {
    world.known('old');
    shop.insert('new', { productName: 'Käse', sellPrice: '12.50' });
    shop.update('old', price('3.00'));
    const { requests, counts, more, rejections } = await preview();
    const headers = { 'content-type': 'application/json', accept: 'application/json', 'x-access-token': '<token>' };
    assert.deepEqual(requests, [
      {
        method: 'PUT',
        url: 'https://api.digible.one/v1/business/stores/product/external/update',
        headers,
        body: { productName: 'Product old', productPrice: '3.00', productId: 'old' },
      },
      {
        method: 'POST',
        url: 'https://api.digible.one/v1/business/stores/product/sync',
        headers,
        body: [{ productName: 'Käse', productPrice: '12.50', productId: 'new' }],
      },
    ]);
    assert.deepEqual([counts, more], [{ pending: 2, inserts: 1, updates: 1, deleted: 0 }, false]);
    assert.deepEqual(rejections, []);
  });

  it('sends the products that the sync then sends, in as many requests', async () => {
    world.known(...manyKeys(30, 'old'));
    for (const key of manyKeys(450)) shop.insert(key);
    for (const key of manyKeys(30, 'old')) shop.update(key, price('2.00'));
    for (const key of manyKeys(5)) shop.delete(key);
    const { requests } = await preview();
    await world.synced();
    const sorted = (sent: readonly (readonly string[])[]) => sent.map((ids) => ids.join()).sort();
    assert.deepEqual(sorted(requests.map(idsIn)), sorted(world.catalogue.sent));
    assert.equal(requests.length, 33);
  });

  it('changes nothing: no lock, no acknowledgement, no request', async () => {
    shop.insert('a');
    shop.insert('gone');
    shop.writeUnlogged('gone', null);
    const { logged } = shop;
    await preview();
    assert.deepEqual(
      [shop.logged, shop.acknowledged, shop.holdsLock, world.catalogue.requests],
      [logged, [], false, 0],
    );
    assert.deepEqual([...new Set(shop.calls)].sort(), ['count', 'peekPage', 'read']);
  });

  it('works while another window or PC is the writer', async () => {
    shop.insert('a');
    shop.lockedElsewhere = true;
    assert.equal((await preview()).requests.length, 1);
  });

  it('leaves out what waits after a refusal, and says why', async () => {
    for (const key of ['waits', 'new', 'nameless']) shop.insert(key, key === 'nameless' ? { productName: null } : {});
    const waits: RejectedProduct = {
      productId: 'waits',
      productName: 'Product waits',
      sellPrice: '1.00',
      reason: 'too sour',
      lastLogId: '1',
      tries: 1,
      nextTryAt: world.clock.now() + 1000,
    };
    const state = { ...emptyState, rejected: [waits] };
    const { requests, rejections } = await preview(state);
    assert.deepEqual(requests.map(idsIn), [['new']]);
    assert.deepEqual(rejections, [
      { productId: 'waits', productName: 'Product waits', reason: 'too sour' },
      { productId: 'nameless', productName: null, reason: 'This product has no ProductName.' },
    ]);
    assert.deepEqual(state.rejected, [waits]);
  });

  it('leaves out what an earlier request may still change', async () => {
    shop.insert('a');
    shop.insert('b');
    const unsettled = [{ productId: 'a', until: world.clock.now() + 1000 }];
    assert.deepEqual((await preview({ ...emptyState, unsettled })).requests.map(idsIn), [['b']]);
  });

  it('starts from the other end where the next sync does', async () => {
    for (const key of manyKeys(300)) shop.insert(key);
    const { requests } = await preview(emptyState, true);
    assert.equal(idsIn(requests[0]!)[0], 'p000299');
  });

  it('shows what is wrong with the triggers', async () => {
    shop.captureProblems = [{ kind: 'trigger missing', message: 'trgAfterInsert is not there.' }];
    assert.deepEqual((await preview()).captureProblems, shop.captureProblems);
  });

  it('says that there is more where the backlog is larger than a sync takes on at once', async () => {
    shop.changeLog.peekPage = (after, limit) => {
      const first = Number(after ?? 0) + 1;
      const changes = Array.from({ length: limit }, (_, at) => ({
        logId: `${first + at}`,
        changeType: 'UPDATE' as const,
        key: `p${(first + at) % 10}`,
      }));
      return Promise.resolve({ writer: true, captureProblems: [], changes, deletes: [] });
    };
    shop.stock(10);
    const { more } = await preview();
    assert.equal(more, true);
  });

  it('rejects with a sentence where SQL Server fails', async () => {
    const lost = new ShopError('sql-connection-lost', 'The connection was lost.', 'Wait.');
    shop.failNext('peekPage', lost);
    await assert.rejects(preview(), lost);
  });

  it('can be cancelled', async () => {
    shop.insert('a');
    const { clock, log, settings } = world;
    const { changeLog, products } = shop;
    const recorder = new RecordingCatalogue('https://api.digible.one');
    const parts = { changeLog, products, recorder, clock, log, settings, state: emptyState, newestFirst: false };
    await assert.rejects(previewSync(parts, AbortSignal.abort()), { code: 'cancelled' });
  });

  it('is refused for an address that no request may go to', () => {
    assert.throws(() => new RecordingCatalogue('ftp://x'), { code: 'digible-address-invalid' });
  });

  it('keeps a path of the address', async () => {
    const recorder = new RecordingCatalogue('http://localhost:8080/digible/');
    await recorder.update({ productId: 'a', productName: 'A', sellPrice: '1.00' });
    assert.equal(recorder.recorded[0]?.url, 'http://localhost:8080/digible/v1/business/stores/product/external/update');
  });
});
