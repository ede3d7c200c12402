import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { version } from '../../../package.json';
import { startDigible, type DigibleSandbox } from '../../../demo/digible/sandbox';
import { startShop, type TestShop } from '../shop';
import { BuiltCommandLine, jsonOf, type Ended, type JsonObject } from './builtCommandLine';

const productTable = `CREATE TABLE dbo.Products (
  ProductID VARCHAR(25) NOT NULL PRIMARY KEY, ProductName NVARCHAR(75) NULL, SellPrice NUMERIC(18,2) NULL,
  QrCode VARCHAR(100) NULL, Status INT NULL)`;

describe('the command line', () => {
  let cli: BuiltCommandLine;

  before(async () => {
    cli = await BuiltCommandLine.build();
  });

  after(() => cli.close());

  it('tells its version', async () => {
    assert.deepEqual(await cli.run(['--version']), { exitCode: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('tells its commands', async () => {
    const { exitCode, stdout } = await cli.run(['--help']);
    assert.equal(exitCode, 0);
    for (const command of ['configure', 'upload', 'sync', 'watch', 'verify', 'pending', 'status', 'remove']) {
      assert.match(stdout, new RegExp(`^  ${command} `, 'm'));
    }
  });

  it('ends with 2 on wrong usage', async () => {
    const { exitCode, stderr } = await cli.run(['synch']);
    assert.equal(exitCode, 2);
    assert.match(stderr, /no command "synch"/);
  });

  it('ends with 2 without its settings, and names the file', async () => {
    const ended = await cli.run(['sync', '--config', 'nowhere.json', '--json']);
    assert.equal(ended.exitCode, 2);
    assert.match(errorOf(jsonOf(ended)).message, /nowhere\.json/);
  });
});

describe('the command line with wrong settings', () => {
  it('does not go on watching', async () => {
    const cli = await BuiltCommandLine.build();
    try {
      await cli.writeConfig({
        digible: { baseUrl: 'http://127.0.0.1:9', email: 'owner@shop.example' },
        sqlServer: { server: 'localhost,port', database: 'Shop', table: 'Products', username: 'sa' },
      });
      const ended = await cli.run(['watch', '--json'], {
        SHOPMASTER_DIGIBLE_PASSWORD: 'a',
        SHOPMASTER_SQL_PASSWORD: 'b',
      });
      assert.equal(ended.exitCode, 2);
      assert.equal(errorOf(jsonOf(ended)).code, 'server-name-invalid');
    } finally {
      await cli.close();
    }
  });
});

describe('the command line in a shop', () => {
  let cli: BuiltCommandLine;
  let shop: TestShop;
  let digible: DigibleSandbox;
  let secrets: Record<string, string>;
  let settings: { digible: object; sqlServer: object; sync: object };
  const output: string[] = [];

  beforeEach(async () => {
    [cli, shop, digible] = await Promise.all([
      BuiltCommandLine.build(),
      startShop({ table: productTable }),
      startDigible({ password: 'sEcret-of-Digible' }),
    ]);
    settings = {
      digible: { baseUrl: digible.baseUrl, email: digible.email },
      sqlServer: { ...shop.settings, table: 'dbo.Products' },
      sync: { intervalSeconds: 5 },
    };
    await cli.writeConfig(settings);
    secrets = { SHOPMASTER_DIGIBLE_PASSWORD: digible.password, SHOPMASTER_SQL_PASSWORD: shop.password };
    output.length = 0;
  });

  afterEach(async () => {
    await Promise.all([cli.close(), shop.close(), digible.close()]);
    const shown = output.join('\n');
    for (const secret of Object.values(secrets)) assert(!shown.includes(secret), 'a password was shown');
  });

  async function run(...args: string[]): Promise<Ended> {
    const ended = await cli.run(args, secrets);
    output.push(ended.stdout, ended.stderr);
    return ended;
  }

  async function json(...args: string[]): Promise<JsonObject & { exitCode: number | null }> {
    const ended = await run(...args, '--json', '--verbose');
    return { ...jsonOf(ended), exitCode: ended.exitCode };
  }

  it('plans, configures, and has nothing to do the second time', async () => {
    const plan = await json('configure', '--plan');
    assert.equal(plan['upToDate'], false);
    assert((plan['steps'] as unknown[]).length > 0);
    assert.equal(digible.stats.requests.login, 0, 'a plan does not sign in');
    const first = await json('configure');
    assert.equal(first.exitCode, 0);
    assert.equal(first['upToDate'], false);
    assert.equal((await json('configure'))['upToDate'], true);
    assert.equal((await json('configure', '--plan'))['upToDate'], true);
  });

  it('uploads, syncs, and ends with a catalogue equal to the table', async () => {
    await shop.exec(`INSERT INTO dbo.Products VALUES ('1', N'Käse', 12.50, NULL, 1), ('2', N'Brot', 2, NULL, 1)`);
    await json('configure');
    const upload = await json('upload');
    assert.deepEqual(pick(upload, ['ok', 'exitCode', 'products', 'batches', 'requests', 'rejected']), {
      ok: true,
      exitCode: 0,
      products: 2,
      batches: 1,
      requests: 2,
      rejected: 0,
    });
    await shop.exec(`INSERT INTO dbo.Products VALUES ('3', N'Milch', 0.99, NULL, 1)`);
    await shop.exec(`UPDATE dbo.Products SET SellPrice = 3 WHERE ProductID = '2'`);
    await shop.exec(`UPDATE dbo.Products SET SellPrice = 4 WHERE ProductID = '2'`);
    await shop.exec(`DELETE FROM dbo.Products WHERE ProductID = '1'`);

    const pending = await json('pending');
    assert.equal(pending['pending'], 3);
    assert.equal(pending['deleted'], 1);
    const listed = pending['changes'] as { changeType: string; productId: string }[];
    assert.deepEqual(
      listed.map(({ changeType, productId }) => `${changeType} ${productId}`),
      ['INSERT 3', 'UPDATE 2', 'UPDATE 2', 'DELETE 1'],
    );

    const names = ['ok', 'exitCode', 'inserted', 'updated', 'coalesced', 'rejected', 'deleted', 'pending', 'requests'];
    assert.deepEqual(pick(await json('sync'), names), {
      ok: true,
      exitCode: 0,
      inserted: 1,
      updated: 1,
      coalesced: 1,
      rejected: 0,
      deleted: 1,
      pending: 0,
      requests: 3,
    });
    assert.equal((await json('sync'))['requests'], 0, 'nothing pending, nothing asked of Digible');
    assert.deepEqual(digible.catalogue.get('2'), {
      ...digible.catalogue.get('2'),
      productName: 'Brot',
      productPrice: '4.00',
    });
    assert.equal(digible.catalogue.get('3')?.productPrice, '0.99');
  });

  it('ends with 4 when something was rejected, says why, and lets the others through', async () => {
    await json('configure');
    await shop.exec(
      `INSERT INTO dbo.Products VALUES ('1', N'good', 1, NULL, 1), ('2', N'bad', 1, NULL, 1), ('3', NULL, 1, NULL, 1)`,
    );
    digible.faults.add({ kind: 'refused', productIds: ['2'], message: 'too sour' });
    const sync = await json('sync');
    assert.deepEqual(pick(sync, ['ok', 'exitCode', 'inserted', 'rejected', 'pending']), {
      ok: true,
      exitCode: 4,
      inserted: 1,
      rejected: 2,
      pending: 2,
    });
    const rejections = sync['rejections'] as { productId: string; reason: string }[];
    assert.match(rejections.find(({ productId }) => productId === '2')?.reason ?? '', /too sour/);
    assert.match(rejections.find(({ productId }) => productId === '3')?.reason ?? '', /ProductName/);
    const listed = (await json('pending'))['changes'] as { productId: string; rejected?: string }[];
    assert.match(listed.find(({ productId }) => productId === '2')?.rejected ?? '', /too sour/);
  });

  it('verifies with 5 where it finds differences, and with 0 once they are sent', async () => {
    await shop.exec(`INSERT INTO dbo.Products VALUES ('1', N'Käse', 12.50, NULL, 1), ('2', N'Brot', 2, NULL, 1)`);
    await json('configure');
    const unknown = await run('verify');
    assert.equal(unknown.exitCode, 5);
    assert.match(unknown.stdout, /2 products missing.*\n.*\n.*\nNothing is known on this computer/);
    await json('upload');
    assert.equal((await json('verify')).exitCode, 0);
    await shop.exec('DISABLE TRIGGER ALL ON dbo.Products');
    await shop.exec(`TRUNCATE TABLE dbo.Products`);
    await shop.exec(`INSERT INTO dbo.Products VALUES ('2', N'Brot', 3, NULL, 1), ('3', N'Milch', 1, NULL, 1)`);
    const verify = await json('verify');
    const names = ['ok', 'exitCode', 'products', 'known', 'missing', 'different', 'gone', 'queued', 'differences'];
    assert.deepEqual(pick(verify, names), {
      ...{ ok: true, exitCode: 5, products: 2, known: 2, missing: 1, different: 1, gone: 1, queued: 0 },
      differences: [
        { kind: 'different', productId: '2', productName: 'Brot' },
        { kind: 'missing', productId: '3', productName: 'Milch' },
        { kind: 'gone', productId: '1', productName: null },
      ],
    });
    assert.equal((verify['captureProblems'] as unknown[]).length, 3);
    const text = (await run('verify')).stdout;
    assert.match(text, /^1 product missing in the catalogue, 1 product different, 1 product gone from the table$/m);
    assert.match(text, /^ {2}missing {3}3 Milch\n {2}different 2 Brot\n {2}gone {6}1$/m);
    assert.deepEqual(pick(await json('verify', '--queue'), ['exitCode', 'queued']), { exitCode: 5, queued: 3 });
    await json('sync');
    assert.deepEqual(pick(await json('verify'), ['exitCode', 'missing']), { exitCode: 0, missing: 0 });
    assert.equal(digible.catalogue.get('2')?.productPrice, '3.00');
    const file = path.join(cli.folder, 'shopmaster.confirmed');
    if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o777, 0o600);
    output.push(await readFile(file, 'latin1'));
  });

  it('keeps rejections in a state file that only its owner can read', async () => {
    await json('configure');
    await shop.exec(`INSERT INTO dbo.Products VALUES ('2', N'bad', 1, NULL, 1)`);
    digible.faults.add({ kind: 'refused', productIds: ['2'], message: 'too sour' });
    await json('sync');
    const { sync: sent } = digible.stats.requests;
    assert.equal((await json('sync')).exitCode, 4);
    assert.equal(digible.stats.requests.sync, sent, 'its pause is not over');
    const file = path.join(cli.folder, 'shopmaster.state.json');
    if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o777, 0o600);
    output.push(await readFile(file, 'utf8'));
    await shop.exec(`UPDATE dbo.Products SET ProductName = N'better' WHERE ProductID = '2'`);
    digible.faults.list.forEach((fault) => fault.remove());
    assert.deepEqual(pick(await json('sync'), ['exitCode', 'inserted', 'pending']), {
      exitCode: 0,
      inserted: 1,
      pending: 0,
    });
  });

  it('ends with 3 when Digible refuses the password, with nothing changed', async () => {
    await json('configure');
    await shop.exec(`INSERT INTO dbo.Products VALUES ('1', N'a', 1, NULL, 1)`);
    secrets['SHOPMASTER_DIGIBLE_PASSWORD'] = 'not-the-passw0rd';
    const sync = await json('sync');
    assert.equal(sync.exitCode, 3);
    assert.equal(sync['ok'], false);
    assert.equal((await json('pending'))['pending'], 1);
  });

  it('ends with 1 when SQL Server refuses the password', async () => {
    secrets['SHOPMASTER_SQL_PASSWORD'] = 'not-the-passw0rd';
    const status = await json('status');
    assert.equal(status.exitCode, 1);
    assert.equal(errorOf(status).code, 'sql-login-failed');
    assert.deepEqual(status['digible'], { ok: true }, 'each is reported on its own');
  });

  it('ends with 1 when Digible is away, and loses nothing', async () => {
    await json('configure');
    await shop.exec(`INSERT INTO dbo.Products VALUES ('1', N'a', 1, NULL, 1)`);
    await cli.writeConfig({ ...settings, digible: { baseUrl: 'http://127.0.0.1:9', email: digible.email } });
    const sync = await json('sync');
    assert.equal(sync.exitCode, 1);
    assert.equal(errorOf(sync).code, 'digible-unreachable');
    assert.equal((await json('pending'))['pending'], 1);
  });

  it('ends with 2 when a password is not set, and names the variable', async () => {
    const ended = await cli.run(['sync', '--json'], { SHOPMASTER_SQL_PASSWORD: shop.password });
    assert.equal(ended.exitCode, 2);
    assert.match(errorOf(jsonOf(ended)).message, /SHOPMASTER_DIGIBLE_PASSWORD/);
  });

  it('tells how to go on with an upload that failed on its way', async () => {
    await shop.exec(`INSERT INTO dbo.Products VALUES ('1', N'a', 1, NULL, 1), ('2', N'b', 2, NULL, 1)`);
    await json('configure');
    await cli.writeConfig({ ...settings, upload: { batchSize: 1, concurrency: 1 } });
    digible.faults.add({ kind: 'answer', status: 403, body: { message: 'No' }, productIds: ['2'], times: 1 });
    const failed = await json('upload');
    assert.equal(failed.exitCode, 1);
    assert.match(errorOf(failed).hint, /shopmaster upload --resume$/);
    assert.deepEqual(pick(await json('upload', '--resume'), ['ok', 'products']), { ok: true, products: 1 });
  });

  it('says nothing of what Node.js thinks of a certificate without a name', async () => {
    await cli.writeConfig({ ...settings, sqlServer: { ...settings.sqlServer, trustServerCertificate: false } });
    const { stderr } = await run('status');
    assert.doesNotMatch(stderr, /Warning/);
  });

  it('tells how things stand', async () => {
    await json('configure');
    await json('sync');
    const status = await json('status');
    assert.equal(status.exitCode, 0);
    assert.deepEqual(pick(status, ['pending', 'deleted', 'rejected', 'uploadCheckpoint']), {
      pending: 0,
      deleted: 0,
      rejected: 0,
      uploadCheckpoint: null,
    });
    assert.match(String(status['lastSync']), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    assert.deepEqual(status['capture'], { ok: true, problems: [] });
  });

  it('reports a disabled trigger and repairs it only when asked', async () => {
    await json('configure');
    await shop.exec('DISABLE TRIGGER dbo.trgAfterInsert ON dbo.Products');
    const status = await json('status');
    assert.deepEqual([status.exitCode, errorOf(status).code], [1, 'capture-damaged'], 'changes are getting lost');
    const problems = (await json('sync'))['captureProblems'] as { kind: string }[];
    assert.deepEqual(
      problems.map(({ kind }) => kind),
      ['trigger disabled'],
    );
    assert.equal(((await json('sync'))['captureProblems'] as unknown[]).length, 1, 'nothing is repaired unasked');
    assert.match((await run('status')).stdout, /Repair is: shopmaster configure$/m);
    await json('configure');
    assert.deepEqual((await json('sync'))['captureProblems'], []);
  });

  it('watches: a line for each run, until it is interrupted', async function () {
    if (process.platform === 'win32') return;
    await json('configure');
    const child = cli.start(['watch', '--json'], secrets);
    const ended = once(child, 'close');
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const first = await lines.next();
    assert.equal((JSON.parse(String(first.value)) as JsonObject)['ok'], true);
    child.kill('SIGINT');
    assert.deepEqual(await ended, [0, null]);
  });

  it('removes what it made, and gives the T-SQL that does so without it', async () => {
    await json('configure');
    const { sql } = await json('remove', '--drop-log', '--sql');
    assert.match(String(sql), /trgAfterInsert/);
    const removed = await json('remove', '--drop-log');
    assert.equal(removed.exitCode, 0);
    const left = await shop.query<{ n: number }>(
      `SELECT COUNT(*) AS n FROM sys.objects WHERE name IN ('trgAfterInsert', 'trgAfterUpdate', 'trgAfterDelete', 'ChangeLog')`,
    );
    assert.equal(left[0]?.n, 0);
    assert.deepEqual((await json('remove'))['removed'], []);
    assert.match((await run('remove')).stdout, /^No trigger of shopMaster .*\nChangeLog stays/);
  });

  it('speaks to people in sentences without --json', async () => {
    await run('configure');
    await shop.exec(`INSERT INTO dbo.Products VALUES ('1', N'a', 1, NULL, 1)`);
    const sync = await run('sync');
    assert.equal(sync.exitCode, 0);
    assert.match(sync.stdout, /^1 product inserted, 0 products updated/);
    secrets['SHOPMASTER_SQL_PASSWORD'] = 'not-the-passw0rd';
    const failed = await run('sync');
    assert.equal(failed.stdout, '');
    assert(failed.stderr.trim().split('\n').length >= 2, 'what is wrong, and what to do');
  });
});

function errorOf(object: JsonObject): { code: string; message: string; hint: string } {
  assert.equal(object['ok'], false);
  const { error } = object as { error?: { code: string; message: string; hint: string } };
  assert(error !== undefined);
  assert(error.message !== '' && error.hint !== '');
  return error;
}

function pick(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, object[name]]));
}
