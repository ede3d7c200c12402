import assert from 'node:assert/strict';
import { columnsFingerprint, readMarker } from '../../../src/sync/sqlserver/triggerMarker';
import { triggerTexts } from '../../../src/sync/sqlserver/triggers';
import { products, typeOf } from './sampleTable';

const texts = triggerTexts(products).map(({ text }) => text);
const [insertText = '', updateText = '', deleteText = ''] = texts;

describe('the triggers', () => {
  it('have PRODUCT.md’s names, in the schema of the product table', () => {
    assert.match(insertText, /^CREATE TRIGGER \[dbo\]\.\[trgAfterInsert\] ON \[dbo\]\.\[Products\] AFTER INSERT AS\n/);
    assert.match(updateText, /^CREATE TRIGGER \[dbo\]\.\[trgAfterUpdate\] ON \[dbo\]\.\[Products\] AFTER UPDATE AS\n/);
    assert.match(deleteText, /^CREATE TRIGGER \[dbo\]\.\[trgAfterDelete\] ON \[dbo\]\.\[Products\] AFTER DELETE AS\n/);
  });

  it('undo SET ROWCOUNT first, leave early, and then keep their row counts to themselves', () => {
    for (const text of texts)
      assert.match(
        text,
        /\nBEGIN\nSET ROWCOUNT 0;\nIF NOT EXISTS \(SELECT 1 FROM (inserted|deleted)\) RETURN;\nSET NOCOUNT ON;\nINSERT INTO/,
      );
  });

  it('never ask @@ROWCOUNT, read nothing but inserted and deleted, and write to ChangeLog alone', () => {
    for (const text of texts) {
      assert.doesNotMatch(text, /@@|TRY_CONVERT|STRING_AGG|OPENJSON/i);
      const read = [...text.matchAll(/\b(?:FROM|JOIN) (\S+)/g)].map((match) => match[1]?.replace(/\)$/, ''));
      assert.deepEqual(
        [...new Set(read)].filter((table) => table !== 'inserted' && table !== 'deleted'),
        [],
      );
      const written = [...text.matchAll(/\b(?:INTO|UPDATE|MERGE) (\[\S+)/g)].map((match) => match[1]);
      assert.deepEqual([...new Set(written)], ['[dbo].[ChangeLog]']);
    }
  });

  it('log the DELETEs of changed keys before the INSERTs', () => {
    const order = [...updateText.matchAll(/SELECT (N'DELETE'|CASE WHEN EXISTS)/g)].map((match) => match[1]);
    assert.deepEqual(order, ["N'DELETE'", 'CASE WHEN EXISTS']);
  });

  it('compare text as Unicode in a binary collation, with the blanks at its end', () => {
    assert.match(updateText, /CONVERT\(NVARCHAR\(4000\), d\.\[ProductName\]\) COLLATE Latin1_General_BIN2 = /);
    assert.match(updateText, /DATALENGTH\(d\.\[QrCode\]\) = DATALENGTH\(i\.\[QrCode\]\)/);
  });

  it('look at every product of a key where a key may mean several', () => {
    const several = triggerTexts({ ...products, keyIsUnique: false });
    assert.match(several[1]?.text ?? '', /FROM inserted AS j/);
    assert.doesNotMatch(updateText, /FROM inserted AS j/);
  });

  it('tell a NULL key from an empty one where the key may be NULL', () => {
    const nullable = { ...products.columns, ProductID: { ...products.columns.ProductID, nullable: true } };
    const [, update] = triggerTexts({ ...products, columns: nullable });
    assert.match(update?.text ?? '', /CASE WHEN i\.\[ProductID\] IS NULL THEN N'' ELSE/);
  });

  it('quote every name that the shop chose', () => {
    const columns = { ...products.columns, QrCode: { ...products.columns.QrCode, name: "Qr]'Code" } };
    const hostile = triggerTexts({ ...products, schema: 'a]b', qualifiedName: "[a]]b].[it's]", columns });
    for (const { text } of hostile) {
      assert.match(text, /ON \[a\]\]b\]\.\[it's\] AFTER/);
      assert.match(text, /INTO \[a\]\]b\]\.\[ChangeLog\]/);
      assert.match(text, /\.\[Qr\]\]'Code\]/);
    }
  });

  it('are the same text for the same table', () =>
    assert.deepEqual(triggerTexts(products), triggerTexts({ ...products })));
});

describe('a trigger’s marker', () => {
  it('tells its columns and that nobody changed the text', () => {
    for (const text of texts) {
      const marker = readMarker(text);
      assert.equal(marker?.intact, true);
      assert.equal(marker.columns, columnsFingerprint(products.columns));
    }
  });

  it('takes other line ends and blanks around the text for no change', () => {
    assert.equal(readMarker(`${insertText.replaceAll('\n', '\r\n')}  `)?.intact, true);
  });

  it('shows a change by hand', () => {
    assert.equal(readMarker(insertText.replace('SET ROWCOUNT 0;\n', ''))?.intact, false);
    assert.equal(readMarker(insertText.replace("N'INSERT'", "N'Insert'"))?.intact, false);
  });

  it('is not there in the triggers of others', () =>
    assert.equal(readMarker("CREATE TRIGGER dbo.trgAfterInsert ON dbo.Products AFTER INSERT AS PRINT N'x'"), null));

  it('changes with a column’s type, width, and NULL', () => {
    const before = columnsFingerprint(products.columns);
    const { QrCode } = products.columns;
    const variants = [
      { ...QrCode, type: typeOf('nvarchar', { maxLength: 100 }) },
      { ...QrCode, type: typeOf('varchar', { maxLength: 50 }) },
      { ...QrCode, nullable: false },
    ];
    for (const changed of variants)
      assert.notEqual(columnsFingerprint({ ...products.columns, QrCode: changed }), before);
  });
});
