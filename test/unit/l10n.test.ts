import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { sentencesIn, sentencesOf } from '../../packaging/l10nSentences';
import manifest from '../../package.json';
import { wordsOf } from '../../src/views/settingsPanel/words';
import { wordKeys } from '../../src/views/settingsPanel/wordKeys';

const root = path.join(__dirname, '../..');

describe('the sentences that translations start from', () => {
  const { bundle, problems } = sentencesIn(root, 'src');
  const folder = path.join(root, manifest.l10n);

  it('are those that the sources say, in the order of the alphabet; if not: npm run l10n', () => {
    const committed = fs.readFileSync(path.join(folder, 'bundle.l10n.json'), 'utf8');
    assert.deepEqual(Object.entries(JSON.parse(committed) as object), Object.entries(bundle));
  });

  it('are plain texts, whose places have as many values as there are', () => {
    assert.deepEqual(problems, []);
  });

  it('have every word of the settings panel among them', () => {
    const said: string[] = [];
    const words = wordsOf({ t: (message) => (said.push(message), `translated: ${message}`) });
    assert.deepEqual(
      said.filter((message) => bundle[message] !== message),
      [],
    );
    assert.deepEqual(
      wordKeys.filter((key) => !words[key].startsWith('translated: ')),
      [],
    );
  });

  it('leave the settings page no text of its own', () => {
    const html = fs.readFileSync(path.join(root, 'src/views/settingsPanel/webview/settingsPanel.html'), 'utf8');
    const body = html.slice(html.indexOf('<body>')).replace(/<!--.*?-->/gs, '');
    const texts = body.split(/<[^>]*>/).map((text) => text.trim());
    assert.deepEqual(
      texts.filter((text) => text !== '' && !/^%\w+%$/.test(text)),
      [],
    );
    const named = [...body.matchAll(/data-(?:word|label|aria)="(\w*)"/g)].map(([, word]) => word);
    assert.deepEqual(
      named.filter((word) => !wordKeys.some((key) => key === word)),
      [],
    );
    assert.doesNotMatch(body, /\s(?:aria-label|title|placeholder|alt)="/);
  });

  it('keep the places that the settings page fills in', () => {
    const words = wordsOf({
      t: (message, ...values) => message.replace(/\{(\d)\}/g, (_, at) => `${values[Number(at)]}`),
    });
    assert.equal(words.uploadProgress, '{0} of {1} products');
  });
});

describe('the search for sentences', () => {
  const search = (...lines: string[]): ReturnType<typeof sentencesOf> => sentencesOf([['a.ts', lines.join('\n')]]);

  for (const code of [
    "vscode.l10n.t('Hello {0}', name);",
    "(l10n: L10n) => l10n.t('Hello {0}', name);",
    "class A { b() { return this.l10n.t('Hello {0}', name); } }",
    "const { l10n } = vscode; l10n.t('Hello {0}', name);",
    'l10n.t(`Hello {0}`, name);',
    "l10n.t(\n  'Hello {0}',\n  name,\n);",
    "l10n.t({ message: 'Hello {0}', args: [name] });",
  ])
    it(`finds that of ${JSON.stringify(code)}`, () => {
      assert.deepEqual(search(code), { bundle: { 'Hello {0}': 'Hello {0}' }, problems: [] });
    });

  it('finds one within another, and each once', () => {
    const { bundle, problems } = search("l10n.t('B {0}', l10n.t('A'));", "l10n.t('A');");
    assert.deepEqual(Object.keys(bundle), ['A', 'B {0}']);
    assert.deepEqual(problems, []);
  });

  it('keeps a comment for translators, under the key that VS Code looks for', () => {
    const { bundle } = search("l10n.t({ message: 'Open', comment: ['a ', 'verb'] });");
    assert.deepEqual(bundle, { 'Open/a verb': { message: 'Open', comment: ['a ', 'verb'] } });
  });

  it('leaves other things alone that have a t', () => {
    assert.deepEqual(search("i18n.t('A'); t('B'); l10n.bundle;"), { bundle: {}, problems: [] });
  });

  for (const code of [
    'l10n.t(sentence);',
    "l10n.t('A ' + b);",
    'l10n.t(`A ${b}`);',
    "l10n.t(isB ? 'A' : 'B');",
    'l10n.t();',
    'l10n.t({ message: sentence });',
    'const say = l10n.t;',
    'texts.map(vscode.l10n.t);',
  ])
    it(`refuses ${JSON.stringify(code)}, and says where`, () => {
      assert.deepEqual(search('', code), {
        bundle: {},
        problems: ['a.ts:2: the sentence is not there as one plain text.'],
      });
    });

  for (const code of [
    'const other = vscode.l10n;',
    'const { l10n: other } = vscode;',
    'function a(other: L10n) {}',
    'interface A { readonly other: L10n }',
  ])
    it(`refuses ${JSON.stringify(code)}, where sentences would hide`, () => {
      assert.deepEqual(search(code).problems, ['a.ts:1: l10n under another name: its sentences would not be found.']);
    });

  for (const [code, problem] of [
    ["l10n.t('{1}', a);", 'its places are not {0}, {1} and so on: {1}'],
    ["l10n.t('{0} {2}', a, b);", 'its places are not {0}, {1} and so on: {0} {2}'],
    ["l10n.t('{name}', { name });", 'its places are not {0}, {1} and so on: {name}'],
    ["l10n.t('{0}');", '0 values for 1 places: {0}'],
    ["l10n.t('{0}, {0}', a, b);", '2 values for 1 places: {0}, {0}'],
    ["l10n.t('A', a);", '1 values for 0 places: A'],
    ["l10n.t('{0}', ...all);", 'how many values it has is not to be seen: {0}'],
    ["l10n.t({ message: '{0}', args: all });", 'how many values it has is not to be seen: {0}'],
  ] as const)
    it(`refuses ${code}, whose places and values don’t match`, () => {
      assert.deepEqual(search(code).problems, [`a.ts:1: ${problem}`]);
    });
});
