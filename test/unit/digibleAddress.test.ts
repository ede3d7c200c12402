import assert from 'node:assert/strict';
import { readAddress, requireAddress } from '../../src/sync/digible/address';

describe('The Digible address', () => {
  for (const address of [
    'https://api.digible.one',
    'https://api.digible.one/',
    'https://api.digible.one:8443/shops',
    ' https://api.digible.one ',
    'http://localhost:3000',
    'http://127.0.0.1:3000',
    'http://127.1.2.3',
    'http://[::1]:3000/digible/',
  ])
    it(`may be ${address}`, () => {
      const read = readAddress(address);
      assert.ok(read.ok);
      assert.equal(read.value.href, new URL(address).href);
    });

  const refused: readonly (readonly [string, RegExp])[] = [
    ['', /empty/],
    ['   ', /empty/],
    ['api.digible.one', /not a web address/],
    ['https://', /not a web address/],
    ['localhost:3000', /https/],
    ['ftp://api.digible.one', /https/],
    ['file:///etc/passwd', /https/],
    ['javascript:alert(1)', /https/],
    ['http://api.digible.one', /not encrypted/],
    ['http://localhost.example.com', /not encrypted/],
    ['http://127.0.0.1.example.com', /not encrypted/],
    ['http://0.0.0.0:3000', /not encrypted/],
    ['http://192.168.1.5:3000', /not encrypted/],
    ['https://owner:corner-shop@api.digible.one', /name or password/],
    ['https://api.digible.one/?shop=1', /question mark/],
    ['https://api.digible.one/#shop', /number sign/],
  ];
  for (const [address, reason] of refused)
    it(`can't be ${JSON.stringify(address)}`, () => {
      const read = readAddress(address);
      assert.ok(!read.ok);
      assert.match(read.reason, reason);
      assert.ok(!read.reason.includes('corner-shop'));
    });

  it('is refused with what to do next', () => {
    assert.throws(() => requireAddress('http://api.digible.one'), {
      name: 'ShopError',
      code: 'digible-address-invalid',
      remedy: 'configure',
      hint: 'Use an address such as https://api.digible.one.',
    });
  });
});
