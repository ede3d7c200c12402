import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import * as vscode from 'vscode';
import { Written } from '../../integration/security/leaks';
import { answering } from './answers';
import { openPanel } from './openedPanel';
import { activated, freshShop, setSettings, unconfigure, until, world } from './support';

/** VS Code's own store of secrets and of what extensions keep: what it does with secrets is its own. */
const ownStores = 'state.vscdb';
/** What one run of this suite may have written at most, bytes of a file. */
const largestFile = 20 * 1024 * 1024;

/** A Digible with a password of its own, that remembers its tokens and can be told to forget them. */
class OwnDigible {
  readonly password = `Digible-${randomBytes(8).toString('hex')}-"ö&`;
  readonly tokens: string[] = [];
  private valid = new Set<string>();
  private readonly server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [status, body] = this.answer(request, Buffer.concat(chunks).toString());
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  revokeTokens(): void {
    this.valid.clear();
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private answer({ url = '', headers }: http.IncomingMessage, body: string): [number, object] {
    if (url.endsWith('/login')) {
      const { password } = JSON.parse(body) as { password: string };
      // As careless as a server may be: it repeats what it was sent.
      if (password !== this.password) return [401, { message: `no such password: ${password}` }];
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const token = `${part({ alg: 'HS256' })}.${part({ jti: randomBytes(8).toString('hex') })}.${randomBytes(24).toString('base64url')}`;
      this.tokens.push(token);
      this.valid.add(token);
      return [200, { message: 'ok', data: { token } }];
    }
    const token = String(headers['x-access-token']);
    return this.valid.has(token) ? [200, { message: 'ok' }] : [401, { message: `expired: ${token}` }];
  }
}

/** All files of VS Code's user but its own stores. */
async function filesOf(folder: string, written: Written): Promise<string[]> {
  const read: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.startsWith(ownStores)) continue;
    const bytes = await readFile(path.join(entry.parentPath, entry.name)).catch(() => Buffer.alloc(0));
    if (bytes.length > largestFile) continue;
    read.push(path.join(entry.parentPath, entry.name));
    written.bytes(read.at(-1)!, bytes);
  }
  return read;
}

describe('passwords and tokens', () => {
  const wrong = {
    digible: `wrong-digible-${randomBytes(8).toString('hex')}`,
    sql: `wrong-sql-${randomBytes(8).toString('hex')}`,
  };
  let digible: OwnDigible;

  beforeEach(() => {
    digible = new OwnDigible();
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('_extensionTests.setLogLevel', 'info');
    await world.heal();
    await unconfigure();
    await digible.close();
  });

  it('are in nothing that VS Code shows, logs or writes: settings, logs, state, history, messages, the panel', async () => {
    await vscode.commands.executeCommand('_extensionTests.setLogLevel', 'trace');
    const parts = await activated();
    const written = new Written();
    const asked = answering();
    const shop = await freshShop({ products: 3 });
    const baseUrl = await digible.listen();
    await setSettings({ 'digible.baseUrl': baseUrl, 'sync.settleSeconds': 1 });
    const { sqlServer } = shop;
    const values = {
      email: 'owner@shop.example',
      server: sqlServer.server,
      database: sqlServer.database,
      table: sqlServer.table,
      authentication: 'password',
      username: sqlServer.username,
      encrypt: true,
      trustServerCertificate: true,
      intervalSeconds: '120',
      autoStart: false,
    } as const;
    const opened = await openPanel();
    try {
      const refused = { values, typed: { digiblePassword: wrong.digible, sqlPassword: wrong.sql } };
      await opened.ask('testConnection', refused);
      const { sqlServer: sql, digible: cloud } = await opened.shows(
        ({ test }) => test?.sqlServer && test.digible && test,
        'both are refused',
      );
      assert.deepEqual([sql?.ok, cloud?.ok], [false, false]);

      const draft = { values, typed: { digiblePassword: digible.password, sqlPassword: sqlServer.password } };
      await opened.ask('plan', { ...draft, discardPending: false });
      await opened.shows(({ configure }) => configure?.phase === 'planned', 'a plan is made');
      await opened.ask('configure', draft);
      await opened.shows(({ configure }) => configure?.phase === 'done', 'it is configured');
      await opened.ask('upload', null);
      await opened.shows(({ upload }) => upload?.phase === 'done', 'it is uploaded');
    } finally {
      opened.panel?.dispose();
    }
    await shop.query('UPDATE dbo.Products SET SellPrice = SellPrice + 1');
    await vscode.commands.executeCommand('shopmaster.syncNow');
    digible.revokeTokens();
    await shop.query('UPDATE dbo.Products SET SellPrice = SellPrice + 1');
    await vscode.commands.executeCommand('shopmaster.syncNow');
    assert.ok(digible.tokens.length >= 2);
    await world.dropConnections();
    await parts.secrets.store({ digiblePassword: wrong.digible });
    await parts.currentShop.settled();
    await shop.query('UPDATE dbo.Products SET SellPrice = SellPrice + 1');
    await vscode.commands.executeCommand('shopmaster.syncNow').then(undefined, () => undefined);
    await parts.secrets.store({ digiblePassword: digible.password, sqlPassword: wrong.sql });
    await parts.currentShop.settled();
    await vscode.commands.executeCommand('shopmaster.testConnection');
    await parts.history.recorded();

    written.value('what the panel was told', opened.toPage);
    written.value('what was asked', asked);
    written.value('the parts', parts);
    written.value('the condition', parts.currentShop.condition);
    // globalStorage/shopmaster.shopmaster/history -> User -> the folder of VS Code's user
    const user = path.resolve(parts.history.directory, '../../../..');
    const isLog = (file: string): boolean => file.endsWith('shopMaster.log');
    // VS Code writes its logs when it finds the time.
    const files = await until(async () => {
      const found = await filesOf(user, written);
      const log = found.find(isLog);
      return log !== undefined && (await readFile(log, 'utf8')).includes('product/sync') && found;
    }, 'the log is written');
    assert.ok(files.some((file) => file.endsWith('settings.json')));
    assert.ok(files.some((file) => file.includes('history')));
    const secrets = {
      'the password of Digible': digible.password,
      'the password of SQL Server': sqlServer.password,
      'a wrong password of Digible': wrong.digible,
      'a wrong password of SQL Server': wrong.sql,
      ...Object.fromEntries(digible.tokens.map((token, index) => [`token ${index + 1}`, token])),
    };
    assert.deepEqual(written.leaks(secrets), []);
  });

  it('are typed into a page whose script no other page’s nonce lets in', async () => {
    const nonces: (string | undefined)[] = [];
    for (let times = 0; times < 2; times += 1) {
      const { panel } = await openPanel();
      nonces.push(/'nonce-([\w+/=]+)'/.exec(panel?.webview.html ?? '')?.[1]);
      panel?.dispose();
      await until(async () => !(await activated()).settingsPanel.isOpen, 'the panel is closed');
    }
    assert.ok(nonces.every((nonce) => (nonce ?? '').length >= 22));
    assert.notEqual(nonces[0], nonces[1]);
    await digible.listen();
  });

  it('can’t be sent elsewhere by a workspace: it takes none of the settings that say where to', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    assert.ok(folder);
    await digible.listen();
    const names = ['digible.baseUrl', 'digible.email', 'sqlServer.server', 'sqlServer.encrypt', 'sqlServer.username'];
    const configuration = vscode.workspace.getConfiguration('shopmaster', folder);
    const { Workspace, WorkspaceFolder } = vscode.ConfigurationTarget;
    try {
      for (const name of [...names, 'sqlServer.trustServerCertificate', 'sqlServer.database', 'sqlServer.table'])
        for (const target of [Workspace, WorkspaceFolder])
          await assert.rejects(Promise.resolve(configuration.update(name, 'elsewhere', target)), `${name} ${target}`);
    } finally {
      await rm(path.join(folder.fsPath, '.vscode'), { recursive: true, force: true });
    }
  });
});
