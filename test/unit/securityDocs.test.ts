import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import lock from '../../package-lock.json';
import manifest from '../../package.json';
import { root } from './manifest';

const read = (file: string): string => fs.readFileSync(path.join(root, file), 'utf8');

/** The cells of every table, a list a row. */
function rowsOf(markdown: string): string[][] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s|:-]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/** What the tests of a file may be called; what differs from test to test may be anything. */
function testNames(file: string): RegExp[] {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
  const names: RegExp[] = [];
  const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const look = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'it') {
      const [name] = node.arguments;
      if (name !== undefined && ts.isStringLiteralLike(name)) names.push(new RegExp(`^${escaped(name.text)}$`));
      if (name !== undefined && ts.isTemplateExpression(name)) {
        const parts = [name.head.text, ...name.templateSpans.map(({ literal }) => literal.text)];
        names.push(new RegExp(`^${parts.map(escaped).join('.*')}$`));
      }
    }
    ts.forEachChild(node, look);
  };
  look(source);
  return names;
}

describe('docs/security.md', () => {
  const page = read('docs/security.md');
  const claims = rowsOf(page).filter(([claim]) => claim !== 'claim');

  it('names a test for every claim, and the test is there', () => {
    assert.ok(claims.length > 40);
    const wrong = claims.flatMap(([claim = '', test = '']) => {
      const [, file, name = ''] = /^`(test\/[\w./]+\.test\.ts)` › (.+)$/.exec(test) ?? [];
      if (file === undefined) return [`no test: ${claim}`];
      if (!fs.existsSync(path.join(root, file))) return [`no such file: ${file}`];
      return testNames(file).some((known) => known.test(name)) ? [] : [`no such test: ${file} › ${name}`];
    });
    assert.deepEqual(wrong, []);
  });

  it('says what is not protected', () => {
    assert.match(page, /^## What is not protected\n\n- From an administrator of the computer/m);
  });
});

describe('docs/dependencies.md', () => {
  const page = read('docs/dependencies.md');
  const [, shipped = '', built = ''] = page.split(/^## What (?:ships|builds and tests)$/m);
  const nameIn = ([cell = '']: readonly string[]): string => /^`([^`]+)`$/.exec(cell)?.[1] ?? '';
  const locked: Readonly<Record<string, { readonly version?: string; readonly license?: string }>> = lock.packages;

  it('names exactly the dependencies of package.json', () => {
    assert.deepEqual(rowsOf(built).map(nameIn).filter(Boolean).sort(), Object.keys(manifest.devDependencies).sort());
    const named = rowsOf(shipped).map(nameIn).filter(Boolean);
    for (const name of Object.keys(manifest.dependencies)) assert.ok(named.includes(name), name);
    const others = named.filter((name) => !(name in manifest.dependencies));
    assert.deepEqual(others.sort(), ['@vscode/webview-ui-toolkit', 'msnodesqlv8']);
  });

  it('has the versions and licences that are installed', () => {
    const wrong = [...rowsOf(shipped), ...rowsOf(built)].flatMap((row) => {
      const name = nameIn(row) || (row[0] ?? '');
      const installed = locked[`node_modules/${name}`];
      if (installed === undefined) return [];
      const [version, licence] = row.length === 3 ? [undefined, row[1]] : [row[1], row[2]];
      return (version === undefined || version === installed.version) && licence === installed.license ? [] : [name];
    });
    assert.deepEqual(wrong, []);
  });

  it('is about pinned versions', () => {
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }))
      assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, name);
  });
});
