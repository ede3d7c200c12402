import assert from 'node:assert/strict';
import { bySimilarity } from '../../../src/sync/sqlserver/similarNames';

describe('similar names', () => {
  it('come first', () => {
    const tables = ['Customers', 'Orders', 'Products', 'Stock'];
    assert.equal(bySimilarity('Produkte', tables)[0], 'Products');
    assert.equal(bySimilarity('ORDRES', tables)[0], 'Orders');
    assert.equal(bySimilarity('Product', ['Produce', 'tblProducts2'])[0], 'Produce');
  });

  it('keep their order where none is more similar', () =>
    assert.deepEqual(bySimilarity('xyz', ['abc', 'def']), ['abc', 'def']));

  it('take a name that holds the wanted one for near', () =>
    assert.equal(bySimilarity('Products', ['Prospects', 'dbo.tblShopProducts'])[0], 'dbo.tblShopProducts'));
});
