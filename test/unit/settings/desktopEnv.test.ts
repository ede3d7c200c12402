import assert from 'node:assert/strict';
import { largestEnvFile, readDesktopEnv, type DesktopSettings } from '../../../src/settings/desktopEnv';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(text: string): DesktopSettings {
  const reading = readDesktopEnv(utf8(text));
  assert.ok(reading.ok, JSON.stringify(reading));
  return reading.value;
}

const whole = `server_name='localhost\\SQLEXPRESS'
db_name='Shop'
local_table='Products'
security='Password'
username='sa'
password='p=a ss#wörd'
access_token='eyJ.x.y'
`;

const expected: DesktopSettings = {
  server: 'localhost\\SQLEXPRESS',
  database: 'Shop',
  table: 'Products',
  authentication: 'password',
  username: 'sa',
  password: 'p=a ss#wörd',
  hasAccessToken: true,
  unreadableLines: [],
};

describe("The desktop program's .env", () => {
  it('is read as the desktop program wrote it', () => assert.deepEqual(read(whole), expected));

  for (const [what, bytes] of [
    ['with a byte order mark', utf8(`\uFEFF${whole}`)],
    ['with line ends of Windows', utf8(whole.replaceAll('\n', '\r\n'))],
    ['with line ends of old Macs', utf8(whole.replaceAll('\n', '\r'))],
    ['without an end of its last line', utf8(whole.trimEnd())],
    ['saved as UTF-16 by an editor', Buffer.from(`\uFEFF${whole}`, 'utf16le')],
    ['saved as UTF-16, big end first', Buffer.from(`\uFEFF${whole}`, 'utf16le').swap16()],
    ["saved in Windows' own code page", Buffer.from(whole, 'latin1')],
    ['with keys in capitals', utf8(whole.replaceAll(/^\w+/gm, (key) => key.toUpperCase()))],
    ['with export before each key', utf8(whole.replaceAll(/^(?=\w)/gm, 'export '))],
    ['with blanks, comments and empty lines', utf8(`# mine\n\n${whole.replaceAll("='", " = '")}\n  # end`)],
    ['with keys of other programs', utf8(`PATH=/usr/bin\n${whole}DEBUG=1\n`)],
  ] as const)
    it(`is read ${what}`, () => assert.deepEqual(readDesktopEnv(bytes), { ok: true, value: expected }));

  it('names the database by either key, and db_name counts where both are there', () => {
    assert.equal(read('database_name=Shop').database, 'Shop');
    assert.equal(read('db_name=Shop\ndatabase_name=Other').database, 'Shop');
    assert.equal(read('db_name=\ndatabase_name=Other').database, 'Other');
  });

  for (const [security, authentication] of [
    ['Windows Authentication', 'windows'],
    ['windows', 'windows'],
    ['Password', 'password'],
    ['Kerberos', null],
    ['', null],
  ] as const)
    it(`takes the security "${security}" for ${authentication ?? 'not known'}`, () =>
      assert.equal(read(`server_name=x\nsecurity=${security}`).authentication, authentication));

  it('leaves what is missing or empty unknown', () => {
    const { server, ...others } = read('server_name=localhost\npassword=\nusername=""');
    assert.equal(server, 'localhost');
    assert.deepEqual(others, {
      database: null,
      table: null,
      authentication: null,
      username: null,
      password: null,
      hasAccessToken: false,
      unreadableLines: [],
    });
  });

  it('counts the last of keys that are there twice', () => {
    assert.equal(read('username=first\nusername=last').username, 'last');
  });

  it('names the lines that are none', () => {
    const { username, unreadableLines } = read('= no key\nusername=sa\npassword="never ends\nserver_name="x" y');
    assert.equal(username, 'sa');
    assert.deepEqual(unreadableLines, [1, 3, 4]);
  });

  for (const [reason, bytes] of [
    ['empty', utf8('')],
    ['empty', utf8(' \r\n\uFEFF ')],
    ['other keys', utf8('PATH=/usr/bin\naccess_token=x')],
    ['other keys', utf8('server_name=\npassword=""')],
    ['other keys', utf8('Lorem ipsum dolor sit amet')],
    ['not text', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x00, 0x0a)],
    ['too large', new Uint8Array(largestEnvFile + 1).fill(0x61)],
  ] as const)
    it(`is refused: ${reason} (${bytes.length} bytes)`, () =>
      assert.deepEqual(readDesktopEnv(bytes), { ok: false, reason }));

  it('is read quickly however odd it is', () => {
    for (const odd of ['\\"', '"\'', ' #', '\t', '=\n', 'export ', "'a"])
      for (const before of ['username=', 'username="', "username='"]) {
        const bytes = utf8(`${before}${odd.repeat(Math.floor((largestEnvFile - 12) / odd.length))}`);
        assert.ok(readDesktopEnv(bytes).ok || bytes.length > 0);
      }
  });
});
