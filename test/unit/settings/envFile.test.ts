import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseEnvFile } from '../../../src/settings/envFile';

const valueOf = (line: string): string | undefined => parseEnvFile(line).values.get('key');

describe('A value in a .env file', () => {
  for (const [line, value] of [
    ['key=plain', 'plain'],
    ['key = with blanks around ', 'with blanks around'],
    ['key=', ''],
    ['key', ''],
    ['key=a=b=c', 'a=b=c'],
    ['key=a#b', 'a#b'],
    ['key=#b', '#b'],
    ['key=a #b #c', 'a'],
    ['key= # nothing', ''],
    ['key=it\'s "quoted" inside', 'it\'s "quoted" inside'],
    ["key='single' # comment", 'single'],
    ["key='with # and = and \\n'", 'with # and = and \\n'],
    ["key='it\\'s'", "it's"],
    ["key='back\\\\slash'", 'back\\slash'],
    ["key='ends with\\'", 'ends with\\'],
    ['key="double"', 'double'],
    ['key="a \\"word\\""', 'a "word"'],
    ['key="line\\nbreak"', 'line\nbreak'],
    ['key="C:\\Shop"', 'C:\\Shop'],
    ["key='two\nlines'", 'two\nlines'],
    ['key=""', ''],
    ["'key'=quoted key", 'quoted key'],
    ['export key=exported', 'exported'],
    ['exported=no\nkey=yes', 'yes'],
    ['key=${HOME}', '${HOME}'],
  ] as const)
    it(`of ${JSON.stringify(line)} is ${JSON.stringify(value)}`, () => assert.equal(valueOf(line), value));

  for (const line of ['=value', 'key="open', "key='a' b", 'two words=1', "''=x"])
    it(`is none in ${JSON.stringify(line)}`, () =>
      assert.deepEqual([valueOf(line), parseEnvFile(line).unreadableLines], [undefined, [1]]));

  it('survives being written as python-dotenv writes it', () =>
    fc.assert(
      // It escapes quotes and nothing else: what holds a backslash before a quote, or ends with one, does not come back there either.
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        fc.pre(!value.includes('\\'));
        assert.equal(valueOf(`key='${value.replaceAll("'", "\\'")}'`), value);
      }),
    ));

  it('is never an endless matter, whatever the file holds', () =>
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('=', '#', "'", '"', '\\', '\n', '\r', ' ', 'k') }), (text) => {
        const { values, unreadableLines } = parseEnvFile(text);
        assert.ok(values.size + unreadableLines.length <= text.length);
      }),
    ));
});
