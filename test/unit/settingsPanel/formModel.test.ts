import assert from 'node:assert/strict';
import { FormModel } from '../../../src/views/settingsPanel/webview/formModel';
import { filledIn } from './fakePanel';

describe('the form of the settings panel', () => {
  it('shows what is stored, with what is edited over it', () => {
    const form = new FormModel(filledIn);
    form.edit('table', 'dbo.Other');
    assert.deepEqual(form.values, { ...filledIn, table: 'dbo.Other' });
    assert.ok(form.isDirty);
  });

  it('takes an edit back to what is stored for none', () => {
    const form = new FormModel(filledIn);
    form.edit('encrypt', false);
    form.edit('encrypt', true);
    assert.ok(!form.isDirty);
  });

  it('follows the settings where nothing was edited, and keeps the edit where something was', () => {
    const form = new FormModel(filledIn);
    form.edit('table', 'dbo.Other');
    form.rebase({ ...filledIn, table: 'dbo.Third', intervalSeconds: '60' });
    assert.deepEqual([form.values.table, form.values.intervalSeconds], ['dbo.Other', '60']);
    assert.ok(form.isContested('table'));
    assert.ok(!form.isContested('intervalSeconds'));
  });

  it('is not contested by what was there when the edit began', () => {
    const form = new FormModel(filledIn);
    form.edit('table', 'a');
    form.edit('table', 'ab');
    assert.ok(!form.isContested('table'));
  });

  it('gives the edit up for what is stored elsewhere, when the user takes that', () => {
    const form = new FormModel(filledIn);
    form.edit('table', 'dbo.Other');
    form.rebase({ ...filledIn, table: 'dbo.Third' });
    form.revert('table');
    assert.equal(form.values.table, 'dbo.Third');
    assert.ok(!form.isContested('table'));
  });

  it('drops an edit that was stored, blanks around it or not', () => {
    const form = new FormModel(filledIn);
    form.edit('table', ' dbo.Other ');
    form.rebase({ ...filledIn, table: 'dbo.Other' });
    assert.ok(!form.isDirty);
  });

  it('lets a blank be typed', () => {
    const form = new FormModel(filledIn);
    form.edit('table', 'dbo.Products ');
    form.rebase({ ...filledIn });
    assert.equal(form.values.table, 'dbo.Products ');
  });

  it('survives hiding, without passwords', () => {
    const form = new FormModel(filledIn);
    form.edit('table', 'dbo.Other');
    form.type('sqlPassword', 'typed-s');
    const kept = JSON.stringify(form.kept);
    assert.doesNotMatch(kept, /typed-s/);
    const again = new FormModel({ ...filledIn, table: 'dbo.Third' });
    again.restore(JSON.parse(kept));
    assert.equal(again.values.table, 'dbo.Other');
    assert.ok(again.isContested('table'));
  });

  for (const kept of [undefined, null, 'x', {}, { edits: { table: 1 }, bases: {} }, { edits: {}, bases: { no: '' } }])
    it(`restores nothing from ${JSON.stringify(kept)}`, () => {
      const form = new FormModel(filledIn);
      form.restore(kept);
      assert.deepEqual(form.values, filledIn);
    });

  it('keeps a typed password until it is stored', () => {
    const form = new FormModel(filledIn);
    form.type('digiblePassword', 'typed-d');
    form.type('sqlPassword', 'typed-s');
    form.forgetStored({ digiblePassword: 'stored', sqlPassword: 'typed' });
    assert.deepEqual(form.draft.typed, { sqlPassword: 'typed-s' });
  });

  it('hands a typed password over once, and what was typed since then again', () => {
    const form = new FormModel(filledIn);
    form.type('sqlPassword', 'typed-s');
    const handed = form.draft;
    form.type('sqlPassword', 'typed-so');
    form.taken(handed);
    assert.deepEqual(form.draft.typed, { sqlPassword: 'typed-so' });
    form.taken(form.draft);
    assert.deepEqual(form.draft.typed, {});
    assert.equal(form.typedText('sqlPassword'), 'typed-so');
  });
});
