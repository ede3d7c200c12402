import assert from 'node:assert/strict';
import { HashTable } from '../../src/sync/hashTable';
import { keyHash, valueHash, type Hash } from '../../src/sync/productHash';

const hash = (high: number, low: number): Hash => ({ high, low });

describe('the table of hashes', () => {
  it('compares a key’s last value', () => {
    const table = new HashTable();
    table.set(hash(1, 1), hash(5, 5));
    table.set(hash(1, 1), hash(6, 6));
    assert.equal(table.compare(hash(1, 1), hash(6, 6)), 'equal');
    assert.equal(table.compare(hash(1, 1), hash(5, 5)), 'different');
    assert.equal(table.compare(hash(1, 1), null), 'different');
    assert.equal(table.compare(hash(2, 1), hash(6, 6)), 'absent');
    assert.equal(table.size, 1);
  });

  it('keeps keys apart that want the same slot', () => {
    const table = new HashTable();
    for (let high = 0; high < 50; high++) table.set(hash(high, 7), hash(high, 1));
    for (let high = 0; high < 50; high++) assert.equal(table.compare(hash(high, 7), hash(high, 1)), 'equal');
    assert.equal(table.compare(hash(50, 7), hash(50, 1)), 'absent');
  });

  it('no longer has a key whose value is taken away, until it has one again', () => {
    const table = new HashTable();
    table.set(hash(1, 1), hash(5, 5));
    table.set(hash(1, 1), null);
    table.set(hash(2, 2), null);
    assert.equal(table.compare(hash(1, 1), hash(5, 5)), 'absent');
    assert.equal(table.take(hash(1, 1), hash(5, 5)), false);
    assert.equal(table.size, 0);
    table.set(hash(1, 1), hash(6, 6));
    assert.equal(table.compare(hash(1, 1), hash(6, 6)), 'equal');
    assert.equal(table.size, 1);
  });

  it('gives each key once that was not seen, by its last value', () => {
    const table = new HashTable();
    table.set(hash(1, 1), hash(5, 5));
    table.set(hash(1, 1), hash(6, 6));
    table.set(hash(2, 2), hash(7, 7));
    table.compare(hash(2, 2), null);
    table.compare(hash(2, 2), null);
    assert.equal(table.unseen, 1);
    assert.equal(table.take(hash(1, 1), hash(5, 5)), false);
    assert.equal(table.take(hash(1, 1), hash(6, 6)), true);
    assert.equal(table.take(hash(1, 1), hash(6, 6)), false);
    assert.equal(table.take(hash(2, 2), hash(7, 7)), false);
    assert.equal(table.unseen, 0);
  });

  it('grows without forgetting anything', () => {
    const table = new HashTable(5000);
    const key = (at: number) => keyHash(`P${at}`);
    for (let at = 0; at < 20_000; at++) {
      table.set(key(at), hash(at, 1));
      if (at % 2 === 0) table.compare(key(at), null);
    }
    assert.equal(table.size, 20_000);
    for (let at = 0; at < 20_000; at++) assert.equal(table.take(key(at), hash(at, 1)), at % 2 === 1);
  });
});

describe('the hash of a product', () => {
  it('tells name and price apart', () => {
    const values = [
      { productName: 'Cola 1', sellPrice: '1.00' },
      { productName: 'Cola', sellPrice: '11.00' },
      { productName: 'Cola 11', sellPrice: '.00' },
      { productName: 'cola 1', sellPrice: '1.00' },
      { productName: 'Cola 1', sellPrice: '1.0' },
      { productName: 'Cola 1 ', sellPrice: '1.00' },
    ];
    assert.equal(new Set(values.map((value) => JSON.stringify(valueHash(value)))).size, values.length);
  });

  it('is the beginning of a SHA-256, on every computer', () => {
    // echo -n abc | sha256sum
    assert.deepEqual(keyHash('abc'), { high: 0xba7816bf, low: 0x8f01cfea });
  });
});
