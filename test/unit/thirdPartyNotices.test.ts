import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { acceptedLicences, thirdPartyNotices } from '../../packaging/thirdPartyNotices';

const root = path.join(__dirname, '..', '..');
const node = async (...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, args, { cwd: root })).stdout;

describe('the notices of other people’s packages', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'shopmaster-notices-test-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Its folder. */
  async function place(manifest: object, files: Readonly<Record<string, string>> = {}): Promise<string> {
    const made = await mkdtemp(path.join(folder, 'package-'));
    await writeFile(path.join(made, 'package.json'), JSON.stringify(manifest));
    for (const [file, text] of Object.entries(files)) await writeFile(path.join(made, file), text);
    return made;
  }
  const till = { name: 'till', version: '1.2.3', license: 'MIT' };

  it('ship in the VSIX, with each package that ships and a licence that is accepted', async () => {
    const [vsix, stage] = [path.join(folder, 'shopmaster.vsix'), path.join(folder, 'stage')];
    await node('packaging/package.mjs', '--out', vsix, '--stage', stage);
    const notices = await readFile(path.join(stage, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    // A ZIP file has the names of its files as they are.
    assert.ok((await readFile(vsix)).includes('extension/THIRD-PARTY-NOTICES.txt'));

    const shipped = [
      ...(await node('--import', 'tsx', 'packaging/shippedPackages.ts')).matchAll(
        /^\| (\S+) \| (\d\S*) \| (\S+) \| /gm,
      ),
    ];
    assert.ok(shipped.length > 30);
    for (const [, name = '', version = '', licence = ''] of shipped) {
      assert.ok(acceptedLicences.includes(licence), `${name}: ${licence}`);
      assert.ok(notices.includes(`\n${name} ${version}\nLicence: ${licence}\n`), `${name} ${version}`);
    }
    assert.equal(notices.match(/^Licence: /gm)?.length, shipped.length);
  });

  it('have the whole text of the licence, and the notices beside it', async () => {
    const files = {
      'LICENSE.md': 'Do with it\r\nas you like.\r\n',
      NOTICE: 'By the till makers.',
      'license.js': 'no();',
    };
    const text = thirdPartyNotices([await place(till, files)]);
    assert.ok(text.includes('till 1.2.3\nLicence: MIT\n\nDo with it\nas you like.\n\nBy the till makers.\n'));
    assert.ok(!text.includes('no();'));
  });

  for (const heading of ['## License', 'License\n-------'])
    it(`take the licence from the README where it has no file of its own (${JSON.stringify(heading)})`, async () => {
      const readme = `# till\n\nRings.\n\n${heading}\n\nDo with it as you like.\n\n## Thanks\n\nTo all.\n`;
      const text = thirdPartyNotices([await place(till, { 'README.md': readme })]);
      assert.ok(text.endsWith('\n\nDo with it as you like.\n'));
      assert.ok(!text.includes('Rings.'));
    });

  it('say who made a package that has no text of its licence, and where it is from', async () => {
    const [author, url] = ['Ada', 'https://example.com/till.git'];
    const expected = 'till 1.2.3\nLicence: MIT\nAuthor: Ada\nSource: https://example.com/till.git\n\n';
    for (const made of [
      { author, repository: url },
      { author: { name: author }, repository: { url } },
    ])
      assert.ok(thirdPartyNotices([await place({ ...till, ...made }, { 'README.md': '# till' })]).includes(expected));
  });

  it('have the Apache License as a whole, where the package has but a link to it', async () => {
    const end = 'END OF TERMS AND CONDITIONS';
    const apache = { ...till, license: 'Apache-2.0' };
    for (const licence of ['Licensed under the Apache License, Version 2.0', `1. Definitions. …\n${end}`]) {
      const text = thirdPartyNotices([await place(apache, { LICENSE: licence })]);
      assert.ok(text.includes(licence));
      assert.equal(text.split(end).length, 2);
    }
  });

  it('have a package once for each of its versions, by name', async () => {
    const places = [
      await place(till),
      await place({ ...till, version: '2.0.0' }),
      await place(till),
      await place({ ...till, name: 'bell' }),
    ];
    assert.deepEqual(thirdPartyNotices(places).match(/^(till|bell) .*$/gm), ['bell 1.2.3', 'till 1.2.3', 'till 2.0.0']);
  });

  it('are refused for a package whose licence isn’t accepted, or that has none', async () => {
    const places = [
      await place(till),
      await place({ ...till, name: 'drawer', license: 'GPL-3.0-only' }),
      await place({ name: 'bell', version: '1.0.0' }),
    ];
    assert.throws(() => thirdPartyNotices(places), {
      message: 'Not among the accepted licences: drawer (GPL-3.0-only), bell (none).',
    });
  });
});
