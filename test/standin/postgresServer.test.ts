import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import path from 'node:path';
import { connect } from '../../demo/sqlserver/engine/postgres/connection';
import { type PostgresServer, startPostgres } from '../../demo/sqlserver/engine/postgres/server';

async function oneValue(server: PostgresServer, sql: string): Promise<string | undefined> {
  const client = await connect(server.address, 'postgres');
  try {
    const { rows } = await client.query<string[]>({ text: sql, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

/** Resolves once a file or folder is gone. */
async function gone(file: string): Promise<void> {
  if (!existsSync(file)) return;
  await new Promise<void>((resolve) => {
    const watcher = watch(path.dirname(file), () => {
      if (existsSync(file)) return;
      watcher.close();
      resolve();
    });
    if (!existsSync(file)) watcher.emit('change');
  });
}

describe('the PostgreSQL process', () => {
  for (const transport of ['socket', 'tcp'] as const) {
    it(`answers over ${transport}, in the machine's time zone, and leaves nothing behind`, async () => {
      const server = await startPostgres({ transport });
      try {
        assert.equal(await oneValue(server, 'SHOW timezone'), Intl.DateTimeFormat().resolvedOptions().timeZone);
        assert.equal(await oneValue(server, 'SHOW server_encoding'), 'UTF8');
      } finally {
        await server.stop();
      }
      await assert.rejects(connect(server.address, 'postgres'));
      if (path.isAbsolute(server.address.host)) assert.equal(existsSync(server.address.host), false);
    });
  }

  it('refuses a wrong password', async () => {
    const server = await startPostgres();
    try {
      await assert.rejects(connect({ ...server.address, password: 'guess' }, 'postgres'), /password/);
    } finally {
      await server.stop();
    }
  });

  it('may be stopped twice', async () => {
    const server = await startPostgres();
    await Promise.all([server.stop(), server.stop()]);
  });

  it('goes with the process that started it, even when that is killed', async () => {
    const module_ = path.resolve(__dirname, '../../demo/sqlserver/engine/postgres/server.ts');
    const script = `require(${JSON.stringify(module_)}).startPostgres().then(({ address }) => {
      process.stdout.write(JSON.stringify(address));
      setInterval(() => {}, 60000);
    });`;
    const owner = spawn(process.execPath, ['--import', 'tsx', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [chunk] = (await once(owner.stdout, 'data')) as [Buffer];
    const address = JSON.parse(chunk.toString()) as PostgresServer['address'];
    owner.kill('SIGKILL');
    if (path.isAbsolute(address.host)) await gone(address.host);
    await assert.rejects(connect(address, 'postgres'));
  });
});
