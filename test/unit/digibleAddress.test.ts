import assert from 'node:assert/strict';
import { addressOf, readAddress, requireAddress } from '../../src/sync/digible/address';

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
    'http://127.1:3000',
    'http://127.0.0.1.',
    // The backslash is a slash to browsers and to Node alike: the rest is a path.
    'http://localhost\\@api.digible.one',
    'http://0x7f.0.0.1',
    'http://LOCALHOST:3000',
    'HTTPS://api.digible.one',
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
    ['http://localhost.', /not encrypted/],
    ['http://my-localhost', /not encrypted/],
    ['http://128.0.0.1', /not encrypted/],
    ['http://[::]', /not encrypted/],
    ['http://[::ffff:192.168.1.5]', /not encrypted/],
    ['http://[fe80::1]', /not encrypted/],
    ['http://localhost:pw@api.digible.one', /name or password/],
    ['http://localhost@api.digible.one', /name or password/],
    ['http://localhost%2eevil.com', /not encrypted/],
    ['http://ⓛocalhost.evil.com', /not encrypted/],
    ['https://owner:corner-shop@api.digible.one:99999', /not a web address/],
    ['https://owner:corner-shop@', /not a web address/],
    ['owner:corner-shop@api.digible.one', /https/],
    ['//owner:corner-shop@api.digible.one', /not a web address/],
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

  it('keeps its host and protocol whatever path stands in it', () => {
    const paths = [
      '',
      '/',
      '/shops',
      '/shops/',
      '//evil.example',
      '//evil.example/',
      '/..//evil.example',
      '/\\evil.example',
    ];
    for (const base of ['https://api.digible.one', 'http://localhost:3000'])
      for (const path of paths) {
        const read = readAddress(base + path);
        assert.ok(read.ok);
        const { href, origin } = addressOf(read.value, '/v1/business');
        assert.equal(origin, base);
        assert.ok(href.endsWith('/v1/business'), href);
      }
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
