import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { root } from '../manifest';

const folder = path.join(root, 'src/views/settingsPanel/webview');
const html = fs.readFileSync(path.join(folder, 'settingsPanel.html'), 'utf8');
const css = fs.readFileSync(path.join(folder, 'settingsPanel.css'), 'utf8');
const scripts = fs.readdirSync(folder).filter((name) => name.endsWith('.ts'));

describe('the page of the settings panel', () => {
  it('may load nothing but its own script and style, send no form, and have no other base', () => {
    const [, policy = ''] = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(html) ?? [];
    assert.deepEqual(Object.fromEntries(policy.split(/\s*;\s*/).map((part) => part.split(/\s+(.*)/, 2))), {
      'default-src': "'none'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'style-src': "%source% 'nonce-%nonce%'",
      'script-src': "'nonce-%nonce%'",
    });
  });

  it('says so before it loads anything', () => {
    assert.ok(html.indexOf('Content-Security-Policy') < html.search(/<(link|script|style|img)\b/));
  });

  it('has one script, with the nonce, and no code or style in its elements', () => {
    assert.deepEqual(html.match(/<script\b[^>]*>/g), ['<script nonce="%nonce%" src="%script%">']);
    assert.doesNotMatch(html, /\s(on\w+|style)\s*=/);
    assert.doesNotMatch(html, /<(style|iframe|object|embed|form|base)\b/);
  });

  it('names no address, nor does its style', () => {
    assert.doesNotMatch(html.replaceAll('http://www.w3.org/2000/svg', ''), /\bhttps?:|javascript:|\bdata:/);
    assert.doesNotMatch(css, /url\(|@import|expression\(/);
  });

  it('hides what is typed as a password', () => {
    for (const id of ['digiblePassword', 'sqlPassword'])
      assert.match(html, new RegExp(`<vscode-text-field id="${id}" type="password">`));
  });
});

describe('what runs in the settings panel', () => {
  const refused = new Set([
    'innerHTML',
    'outerHTML',
    'insertAdjacentHTML',
    'createContextualFragment',
    'write',
    'writeln',
    'eval',
    'Function',
    'localStorage',
    'sessionStorage',
    'indexedDB',
    'cookie',
    'fetch',
    'XMLHttpRequest',
    'WebSocket',
    'sendBeacon',
  ]);

  for (const name of scripts)
    it(`makes no page of texts, stores and sends nothing by itself: ${name}`, () => {
      const source = ts.createSourceFile(
        name,
        fs.readFileSync(path.join(folder, name), 'utf8'),
        ts.ScriptTarget.Latest,
      );
      const found: string[] = [];
      const look = (node: ts.Node): void => {
        const isOfDocument = (accessed: ts.PropertyAccessExpression): boolean =>
          !accessed.name.text.startsWith('write') || accessed.expression.getText(source) === 'document';
        if (ts.isPropertyAccessExpression(node) && refused.has(node.name.text) && isOfDocument(node))
          found.push(node.name.text);
        if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && ts.isIdentifier(node.expression))
          if (refused.has(node.expression.text) && node.expression.text !== 'write') found.push(node.expression.text);
        ts.forEachChild(node, look);
      };
      look(source);
      assert.deepEqual(found, []);
    });
});
