import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startDigible, type DigibleSandbox } from '../../../demo/digible/sandbox';
import { parseArguments } from '../../../src/cli/arguments';
import { logLine } from '../../../src/sync/logLine';
import type { Log, LogDetails } from '../../../src/sync/ports';
import { RunHistory } from '../../../src/sync/runHistory';
import { defaults, type Secrets, type Settings } from '../../../src/sync/settings';
import { openShop, type Shop } from '../../../src/sync/shop';
import { SqlServerConnection } from '../../../src/sync/sqlserver/connection';
import { ownerOf, StateFile } from '../../../src/sync/stateFile';
import { insertProducts, MovableClock, never } from '../acceptance/syncedShop';
import { BuiltCommandLine } from '../cli/builtCommandLine';
import { noLog } from '../sqlserver/configuredShop';
import { onRealServer, startShop, type TestShop } from '../shop';
import { DigibleRelay } from './digibleRelay';
import { formsOf, Written } from './leaks';

/** Told apart from everything else, and with all the signs that a form of it could get wrong. */
const distinctive = (name: string): string => `${name}-${randomBytes(6).toString('hex')} "ö'\\&<%;{}+/=`;

class EverythingLogged implements Log {
  // Hidden, or it would be printed as a part of the shop that logs to it.
  readonly #written: Written;
  readonly debug = this.level('debug');
  readonly info = this.level('info');
  readonly warn = this.level('warn');
  readonly error = this.level('error');

  constructor(written: Written) {
    this.#written = written;
  }

  private level(name: string): Log['debug'] {
    return (message: string, details?: LogDetails) => {
      this.#written.text(`log, ${name}`, logLine(message, details));
      this.#written.value(`log, ${name}`, details);
    };
  }
}

async function filesOf(folder: string, written: Written): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    names.push(path.relative(folder, file));
    written.bytes(names.at(-1)!, await readFile(file));
  }
  return names;
}

describe('A secret', () => {
  let till: TestShop;
  let digible: DigibleSandbox;
  let relay: DigibleRelay;
  let folder: string;
  let written: Written;
  let settings: Settings;
  let secrets: Secrets;
  const wrong = { digiblePassword: distinctive('wrong-digible'), sqlPassword: distinctive('wrong-sql') };

  /** A login whose password has all the signs in it; the server's own is somebody else's. */
  async function login(): Promise<{ readonly username: string; readonly password: string }> {
    const username = `shopmaster_test_${randomBytes(6).toString('hex')}`;
    const password = distinctive('Sql');
    const literal = `N'${password.replaceAll("'", "''")}'`;
    await till.exec(`CREATE LOGIN ${username} WITH PASSWORD = ${literal}, CHECK_POLICY = OFF`);
    await till.exec(`CREATE USER ${username} FOR LOGIN ${username}`);
    for (const grant of [
      'SELECT, ALTER ON dbo.Products',
      'CREATE TABLE',
      'SELECT, INSERT, UPDATE, DELETE, ALTER, CREATE SEQUENCE, REFERENCES ON SCHEMA::dbo',
      'VIEW DEFINITION',
    ])
      await till.exec(`GRANT ${grant} TO ${username}`);
    return { username, password };
  }

  beforeEach(async () => {
    [till, digible, folder] = await Promise.all([
      startShop(),
      startDigible({ password: distinctive('Digible') }),
      mkdtemp(path.join(tmpdir(), 'shopmaster-secrets-')),
    ]);
    relay = await DigibleRelay.start(digible.baseUrl);
    const { username, password } = await login();
    settings = {
      ...defaults,
      digible: { baseUrl: relay.baseUrl, email: digible.email },
      sqlServer: { ...till.settings, username },
      sync: { ...defaults.sync, settleSeconds: 0 },
    };
    secrets = { digiblePassword: digible.password, sqlPassword: password };
    written = new Written();
  });

  afterEach(async () => {
    await till.exec(`DROP LOGIN ${settings.sqlServer.username}`);
    await till.close();
    await relay.close();
    await digible.close();
    await rm(folder, { recursive: true });
  });

  function assertNoLeak(): void {
    const [...tokens] = relay.tokens;
    assert.ok(tokens.length > 1, 'the sandbox has issued tokens');
    const all = {
      'the password of Digible': secrets.digiblePassword,
      'the password of SQL Server': secrets.sqlPassword,
      'a wrong password of Digible': wrong.digiblePassword,
      'a wrong password of SQL Server': wrong.sqlPassword,
      ...Object.fromEntries(tokens.map((token, index) => [`token ${index + 1}`, token])),
      // The part that alone gives nobody away, but belongs to no log either.
      ...Object.fromEntries(tokens.map((token, index) => [`signature ${index + 1}`, token.split('.')[2]!])),
    };
    assert.deepEqual(written.leaks(all), []);
  }

  it('is found in every form, where it is', () => {
    const secret = distinctive('planted');
    for (const [name, form] of formsOf(secret)) {
      const planted = new Written();
      planted.text('there', `before ${form} after`);
      assert.ok(
        planted.leaks({ it: secret }).some((leak) => leak.startsWith(`it ${name}`)),
        name,
      );
    }
    for (const before of ['', 'x', 'xy', 'xyz'])
      for (const encoding of ['base64', 'base64url'] as const) {
        const planted = new Written();
        planted.text('there', Buffer.from(`${before}${secret} and more`).toString(encoding));
        assert.notDeepEqual(planted.leaks({ it: secret }), []);
      }
    const planted = new Written();
    planted.value('there', new Error('outer', { cause: Object.assign(new Error('inner'), { config: { secret } }) }));
    assert.notDeepEqual(planted.leaks({ it: secret }), []);
    assert.deepEqual(new Written().leaks({ it: secret }), []);
  });

  it('stands in no log, error, state, history or object that the engine leaves behind, whatever happens', async () => {
    const log = new EverythingLogged(written);
    const clock = new MovableClock();
    const history = new RunHistory(path.join(folder, 'history'), log);
    const store = new StateFile(path.join(folder, 'state.json'), ownerOf(settings));
    const opened: Shop[] = [];
    const open = (other: Partial<Secrets> = {}, otherSettings = settings): Shop => {
      const shop = openShop({ settings: otherSettings, secrets: { ...secrets, ...other }, store, log, clock });
      opened.push(shop);
      shop.master.onDidChangeState((state) => written.value('state', state));
      shop.master.onDidFinishRun((result) => {
        written.value('run', result);
        void history.record(result, clock.now());
      });
      return shop;
    };
    let failures = 0;
    const failing = async (what: string, work: Promise<unknown>): Promise<void> => {
      const failure: unknown = await work.then(
        () => assert.fail(`${what} went through`),
        (caught: unknown) => caught,
      );
      if (failure instanceof assert.AssertionError) throw failure;
      failures += 1;
      written.value(what, failure);
    };

    const wrongSql = open({ sqlPassword: wrong.sqlPassword });
    await failing('wrong SQL password', wrongSql.testSqlServer(never));
    await failing('wrong SQL password', wrongSql.master.syncNow());
    const wrongDigible = open({ digiblePassword: wrong.digiblePassword });
    await failing('refused sign-in', wrongDigible.testDigible(never));
    await failing('refused sign-in', wrongDigible.configure({}, never));

    const shop = open();
    written.value('plan', await shop.planConfigure({}, never));
    await shop.configure({}, never);
    await till.exec(insertProducts(1, 5));
    written.value('preview', await shop.preview(never));
    written.value('report', await shop.master.syncNow());
    written.value('report', await shop.master.upload());
    written.value('shop at work', shop);
    written.value('report of a crash', process.report.getReport());

    digible.revokeTokens();
    await till.exec('UPDATE dbo.Products SET SellPrice = SellPrice + 1');
    written.value('report', await shop.master.syncNow());
    digible.revokeTokens();
    digible.changePassword(distinctive('changed'));
    await till.exec('UPDATE dbo.Products SET SellPrice = SellPrice + 1');
    await failing('expired session', shop.master.syncNow());
    digible.changePassword(secrets.digiblePassword);
    written.value('shop with a lost session', shop);

    for (const kind of ['dropped', 'html error', 'not json', 'redirected'] as const) {
      digible.faults.add({ kind, times: 3 });
      await shop.master.syncNow().catch((caught: unknown) => written.value(kind, caught));
      digible.faults.clear();
    }
    if (!onRealServer) {
      till.faults!.dropOnStatement(/ChangeLog/, 'after', 3);
      await shop.master.syncNow().catch((caught: unknown) => written.value('cut connection', caught));
      till.faults!.stopListening();
      till.faults!.dropConnections();
      await failing('server that is away', shop.testSqlServer(never));
      await till.faults!.listenAgain();
      till.faults!.clear();
      const untrusting = open({}, { ...settings, sqlServer: { ...settings.sqlServer, trustServerCertificate: false } });
      await failing('certificate', untrusting.testSqlServer(never));
    }
    const away = open({}, { ...settings, digible: { ...settings.digible, baseUrl: 'http://127.0.0.1:9' } });
    await failing('Digible that is away', away.testDigible(never));
    const connection = new SqlServerConnection(settings.sqlServer, secrets.sqlPassword, 'reader', noLog);
    await connection.batch('SELECT 1', never);
    await failing('T-SQL that fails', connection.batch('SELECT 1 FROM dbo.Nowhere', never));
    written.value('connection', connection);
    await connection.close();

    for (const one of opened) await one.close();
    written.value('closed shop', shop);
    assert.ok(failures >= 7);
    assert.ok((await filesOf(folder, written)).length >= 3, 'state and history are written');
    assertNoLeak();
  });

  it('stands in nothing that the command line writes, passes on, or leaves in a report of a crash', async () => {
    const cli = await BuiltCommandLine.build();
    const reports = path.join(folder, 'reports');
    const preload = path.join(folder, 'report.cjs');
    await writeFile(
      preload,
      `const fs = require('node:fs');
      process.on('exit', () => {
        const child = require('node:child_process').spawnSync(process.execPath, ['-p', 'JSON.stringify(process.env)'], {
          env: { ...process.env, NODE_OPTIONS: '' },
        });
        fs.mkdirSync(${JSON.stringify(reports)}, { recursive: true });
        const name = ${JSON.stringify(reports)} + '/' + process.pid;
        fs.writeFileSync(name + '.json', JSON.stringify(process.report.getReport()) + process.title + process.argv.join(' '));
        fs.writeFileSync(name + '.env', child.stdout);
      });`,
    );
    try {
      await cli.writeConfig(settings);
      const environment = (given: Partial<Secrets> = {}): Record<string, string> => ({
        SHOPMASTER_DIGIBLE_PASSWORD: given.digiblePassword ?? secrets.digiblePassword,
        SHOPMASTER_SQL_PASSWORD: given.sqlPassword ?? secrets.sqlPassword,
        NODE_OPTIONS: `--require ${JSON.stringify(preload)}`,
      });
      const run = async (exitCode: number, args: string[], given?: Partial<Secrets>): Promise<void> => {
        const ended = await cli.run(args, environment(given));
        written.text(args.join(' '), `${ended.stdout}\n${ended.stderr}`);
        assert.equal(ended.exitCode, exitCode, `${args.join(' ')}: ${ended.stdout}${ended.stderr}`);
      };
      await run(1, ['status', '--verbose', '--json'], { sqlPassword: wrong.sqlPassword });
      await run(3, ['configure', '--verbose'], { digiblePassword: wrong.digiblePassword });
      await run(0, ['configure', '--verbose', '--json']);
      await till.exec(insertProducts(1, 20));
      await run(0, ['sync', '--verbose', '--json']);
      await run(0, ['upload', '--verbose']);
      digible.faults.add({ kind: 'redirected', calls: ['login'], location: `${relay.baseUrl}/elsewhere` });
      await run(1, ['upload', '--verbose', '--json']);
      digible.faults.clear();
      await writeFile(path.join(cli.folder, 'shopmaster.json'), `{"sqlPassword": "${wrong.sqlPassword}",}`);
      await run(2, ['sync', '--verbose']);
      assert.ok((await filesOf(folder, written)).filter((name) => name.startsWith('reports')).length >= 12);
      for (const name of await readdir(cli.folder))
        if (name.startsWith('shopmaster') && name !== 'shopmaster.json')
          written.bytes(name, await readFile(path.join(cli.folder, name)));
    } finally {
      await cli.close();
    }
    assertNoLeak();
  });

  it('is no argument of the command line, where every user of the computer could read it', () => {
    const { sqlPassword } = wrong;
    for (const argv of [
      ['sync', '--password', sqlPassword],
      ['sync', `--sql-password=${sqlPassword}`],
      ['sync', '-p', sqlPassword],
    ]) {
      const parsed = parseArguments(argv);
      assert.ok(parsed.ask === 'nothing sensible');
      written.value('arguments', parsed);
    }
    assert.deepEqual(written.leaks(wrong), []);
  });
});
