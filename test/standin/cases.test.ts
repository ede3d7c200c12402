/** Each case: `setup` batch by batch in a fresh database, then `batch`, whose recordsets or error must be what the case says. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { errorNumber, inDatabase } from './standIn';

interface Case {
  readonly name: string;
  readonly setup: readonly string[];
  readonly batch: string;
  /** The database's collation; absent: the server's. */
  readonly collation?: string;
  readonly recordsets?: readonly (readonly Readonly<Record<string, unknown>>[])[];
  /** The number, or the numbers that different versions give. */
  readonly error?: number | readonly number[];
}

function read(file: string): readonly Case[] {
  return JSON.parse(readFileSync(path.join(__dirname, file), 'utf8')) as readonly Case[];
}

async function run({ setup, batch, collation, recordsets, error }: Case): Promise<void> {
  await inDatabase(async (database) => {
    const pool = await database.connect();
    for (const text of setup) await pool.request().batch(text);
    const request = pool.request().batch(batch);
    if (error !== undefined) {
      const expected = typeof error === 'number' ? [error] : error;
      const number = await errorNumber(request);
      assert.ok(
        number !== undefined && expected.includes(number),
        `error ${number ?? 'none'}, not ${expected.join(', ')}`,
      );
      return;
    }
    const result = await request;
    const plain: unknown = JSON.parse(JSON.stringify(result.recordsets).replaceAll(database.name, '<the database>'));
    assert.deepEqual(plain, recordsets);
  }, collation);
}

const files = ['cases.json', ...readdirSync(path.join(__dirname, 'cases')).map((file) => path.join('cases', file))];

for (const file of files) {
  describe(`T-SQL: ${path.basename(file, '.json')}`, () => {
    for (const one of read(file)) it(one.name, () => run(one));
  });
}
