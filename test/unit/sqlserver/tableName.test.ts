import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ShopError } from '../../../src/sync/errors';
import {
  parseTableName,
  quoteTableName,
  requireTableName,
  writeTableName,
} from '../../../src/sync/sqlserver/tableName';

describe('the name of the product table', () => {
  const accepted: readonly (readonly [string, { schema?: string; table: string }])[] = [
    ['Products', { table: 'Products' }],
    ['  Products ', { table: 'Products' }],
    ['dbo.Products', { schema: 'dbo', table: 'Products' }],
    ['[My Items]', { table: 'My Items' }],
    ['[a].[b.c]', { schema: 'a', table: 'b.c' }],
    ['dbo.[My Items]', { schema: 'dbo', table: 'My Items' }],
    ['"quoted"', { table: 'quoted' }],
    ['"say ""so"""', { table: 'say "so"' }],
    ['[a]]b]', { table: 'a]b' }],
    ['[a[b]', { table: 'a[b' }],
    ['_items2', { table: '_items2' }],
    ['Äpfel', { table: 'Äpfel' }],
    ['Order', { table: 'Order' }],
    ['[🍞]', { table: '🍞' }],
    ['[--]', { table: '--' }],
    ['items$#@', { table: 'items$#@' }],
    ['x'.repeat(128), { table: 'x'.repeat(128) }],
  ];
  for (const [written, value] of accepted)
    it(`is read from ${JSON.stringify(written.slice(0, 30))}`, () =>
      assert.deepEqual(parseTableName(written), { ok: true, value }));

  const refused: readonly (readonly [string, RegExp])[] = [
    ['', /empty/],
    ['   ', /empty/],
    ['[]', /empty/],
    ['[ ]', /empty/],
    ['.Products', /empty/],
    ['dbo.', /empty/],
    ['dbo..Products', /empty/],
    ['Shop.dbo.Products', /more than two parts/],
    ['server.Shop.dbo.Products', /more than two parts/],
    ['Products; DROP TABLE x--', /“; DROP TABLE x--” on/],
    [']]', /“\]\]” on/],
    ['[Products', /never closed/],
    ['[a]]', /never closed/],
    ['"Products', /never closed/],
    ['[a]b', /“b” on/],
    ['dbo.[a]b', /“b” on/],
    ['dbo.[a', /never closed/],
    ['My Items', /“ Items” on.*brackets/],
    ['1st', /“1st” on/],
    ['@products', /“@products” on/],
    ["Products'", /“'” on/],
    ['x'.repeat(129), /128 characters/],
    [`[${'🍞'.repeat(65)}]`, /128 characters/],
    ['#products', /[Tt]emporary/],
    ['[#products]', /[Tt]emporary/],
    ['##products', /[Tt]emporary/],
    ['[a\nb]', /characters that no table name has/],
    ['[a\0b]', /characters that no table name has/],
    ['a\tb', /characters that no table name has/],
    ['[\ud800]', /characters that no table name has/],
  ];
  for (const [written, reason] of refused)
    it(`is not ${JSON.stringify(written.slice(0, 30))}, and says why`, () => {
      const parsed = parseTableName(written);
      assert.match(parsed.ok ? 'accepted' : parsed.reason, reason);
    });

  it('parses back to the same name from what quoteTableName and writeTableName write, whatever was accepted', () => {
    const pieces = fc.constantFrom('[', ']', ']]', '"', '.', 'a', ' ', 'dbo', ';', '--', '#', "'", '🍞', '\n', '_');
    const written = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.array(pieces, { maxLength: 12 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(written, (text) => {
        const parsed = parseTableName(text);
        if (!parsed.ok) return;
        assert.deepEqual(parseTableName(quoteTableName(parsed.value)), parsed);
        assert.deepEqual(parseTableName(writeTableName(parsed.value)), parsed);
      }),
      { numRuns: 3000 },
    );
  });

  it('is written for people without brackets where it needs none', () => {
    const written = [
      { table: 'Products' },
      { schema: 'dbo', table: 'Products' },
      { schema: 'dbo', table: 'My Items' },
      { schema: 'my shop', table: 'a]b' },
      { schema: 'dbo', table: '1st' },
    ].map(writeTableName);
    assert.deepEqual(written, ['Products', 'dbo.Products', '[dbo].[My Items]', '[my shop].[a]]b]', '[dbo].[1st]']);
  });

  it('is an error with what to do next where an unreadable one is used', () => {
    assert.throws(
      () => requireTableName('Products; DROP TABLE x--'),
      (error) => error instanceof ShopError && error.code === 'table-name-invalid',
    );
    assert.deepEqual(requireTableName('dbo.Products'), { schema: 'dbo', table: 'Products' });
  });
});
