import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { manifest, root, settings, type Setting } from './manifest';

const guide = read('docs/extension.md');

/** The cells of the table under a heading, a list a row, without its head. */
function tableUnder(heading: string): string[][] {
  const section = guide.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
}

/** As it reads where nothing can be clicked. */
function withoutLinks(markdown: string): string {
  return markdown.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1');
}

function valueText(value: unknown): string {
  return value === '' ? '' : `\`${String(value)}\``;
}

function rangeText({ type, minimum, maximum, enum: choices }: Setting): string {
  if (choices !== undefined) return choices.map(valueText).join(', ');
  if (type === 'boolean') return '`true`, `false`';
  if (minimum === undefined || maximum === undefined) return '';
  return `${minimum.toLocaleString('en')} to ${maximum.toLocaleString('en')}`;
}

describe('docs/extension.md', () => {
  it('lists every setting with its default, its range and its words', () => {
    assert.deepEqual(
      tableUnder('Settings'),
      settings.map(([name, setting]) => [
        `\`${name.replace(/^shopmaster\./, '')}\``,
        valueText(setting.default),
        rangeText(setting),
        withoutLinks(setting.markdownDescription ?? ''),
      ]),
    );
  });

  it('lists every command by its title', () => {
    const hidden = manifest.contributes.menus['commandPalette']?.filter(({ when }) => when === 'false') ?? [];
    const inMenusOnly = new Set(hidden.map(({ command }) => command));
    assert.deepEqual(
      tableUnder('Commands').map(([title]) => title),
      manifest.contributes.commands.map(({ command, title }) =>
        inMenusOnly.has(command) ? `${title} (on a row)` : title,
      ),
    );
  });

  it('links only to files that exist', () => {
    for (const file of ['README.md', ...fs.readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`)]) {
      const links = [...read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => link ?? '');
      const missing = links.filter((link) => !fs.existsSync(path.resolve(root, path.dirname(file), link)));
      assert.deepEqual(missing, [], file);
    }
  });
});

function read(file: string): string {
  return fs.readFileSync(path.join(root, file), 'utf8');
}
