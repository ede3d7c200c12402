import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { settingRules } from '../../src/sync/parseSettings';
import { manifest, rawManifest, root, settings, textsIn, textsOf, words, type Setting } from './manifest';
import { memberTexts, textList } from './sourceTypes';

const { commands, menus, views, walkthroughs } = manifest.contributes;
const commandIds = textList('src/commands.ts', 'commandIds');
const contextKeys = memberTexts('src/contextKeys.ts', 'ContextKeys');
const completions = walkthroughs.flatMap(({ steps }) => steps.flatMap(({ completionEvents }) => completionEvents));
const conditions = [
  ...['when', 'enablement'].flatMap((property) => textsOf(property, manifest.contributes)),
  ...completions.flatMap((event) => /^onContext:(.+)$/.exec(event)?.slice(1) ?? []),
];
const viewIds = Object.values(views).flatMap((container) => container.map(({ id }) => id));
const descriptionOf = (setting: Setting): string => setting.markdownDescription ?? setting.description ?? '';

describe('the words of package.json', () => {
  const places = new Set(textsIn(rawManifest).flatMap((text) => /^%(.+)%$/.exec(text)?.slice(1) ?? []));

  it('are all in package.nls.json', () => {
    assert.deepEqual(
      [...places].filter((key) => words[key] === undefined),
      [],
    );
  });

  it('are all used', () => {
    assert.deepEqual(
      Object.keys(words).filter((key) => !places.has(key)),
      [],
    );
  });

  it('are never empty', () => {
    assert.deepEqual(
      Object.keys(words).filter((key) => words[key]?.trim() === ''),
      [],
    );
  });

  it('link only to commands that exist', () => {
    const links = Object.values(words).flatMap((text) => [...text.matchAll(/command:(?:toSide:)?([\w.]+)/g)]);
    const unknown = links
      .map(([, id]) => id ?? '')
      .filter((id) => !commandIds.includes(id) && !id.startsWith('workbench.'));
    assert.deepEqual(unknown, []);
  });

  it('link only to settings that exist', () => {
    const links = Object.values(words).flatMap((text) => [...text.matchAll(/`#([\w.]+)#`/g)]);
    const known = settings.map(([name]) => name);
    assert.deepEqual(
      links.map(([, name]) => name ?? '').filter((name) => !known.includes(name)),
      [],
    );
  });
});

describe('the settings of package.json', () => {
  const rules = Object.entries(settingRules).flatMap(([section, sectionRules]) =>
    Object.entries(sectionRules).map(([key, rule]) => [`shopmaster.${section}.${key}`, rule] as const),
  );

  it('are those of the engine, and one that only VS Code has', () => {
    const ofTheEngine = rules.map(([name]) => name);
    assert.deepEqual(settings.map(([name]) => name).sort(), [...ofTheEngine, 'shopmaster.sync.autoStart'].sort());
  });

  for (const [name, rule] of rules) {
    it(`give ${name} the engine’s type, default and range`, () => {
      const setting = settings.find(([other]) => other === name)?.[1];
      const range = rule.type === 'integer' ? { minimum: rule.minimum, maximum: rule.maximum } : {};
      const choices = rule.type === 'text' && rule.choices !== undefined ? { enum: rule.choices } : {};
      assert.deepEqual(
        {
          type: setting?.type,
          default: setting?.default,
          ...(setting?.minimum === undefined ? {} : { minimum: setting.minimum }),
          ...(setting?.maximum === undefined ? {} : { maximum: setting.maximum }),
          ...(setting?.enum === undefined ? {} : { enum: [...setting.enum].sort() }),
        },
        { type: rule.type === 'text' ? 'string' : rule.type, default: rule.default ?? '', ...range, ...choices },
      );
    });
  }

  for (const [name, setting] of settings) {
    it(`describe ${name}, and each of its choices`, () => {
      assert.match(descriptionOf(setting), /\.$/);
      const descriptions = setting.markdownEnumDescriptions ?? setting.enumDescriptions ?? [];
      assert.equal(descriptions.length, setting.enum?.length ?? 0);
    });
  }

  it('stand in an order that has no ties', () => {
    for (const { properties } of [manifest.contributes.configuration].flat()) {
      const orders = Object.values(properties).map(({ order }) => order);
      assert.ok(orders.every((order) => Number.isInteger(order)));
      assert.equal(new Set(orders).size, orders.length);
    }
  });

  // Scope "machine" would keep out workspaces only: in a WSL, SSH or container window it is read from that other computer.
  it('let neither a workspace nor a remote computer say where a password is sent', () => {
    const places = settings.filter(([name]) => /^shopmaster\.(digible|sqlServer)\./.test(name));
    const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    assert.ok(places.length > 0);
    for (const [name, { scope }] of places) {
      assert.equal(scope, 'application', name);
      assert.ok(restricted.includes(name), `${name} is not restricted`);
    }
  });

  it('restrict nothing that is not a setting', () => {
    const known = settings.map(([name]) => name);
    const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    assert.deepEqual(
      restricted.filter((name) => !known.includes(name)),
      [],
    );
  });
});

describe('the commands of package.json', () => {
  it('are those that the extension registers', () => {
    assert.deepEqual(commands.map(({ command }) => command).sort(), [...commandIds].sort());
  });

  it('have a title under the category shopMaster', () => {
    for (const { command, title, category } of commands) {
      assert.equal(category, 'shopMaster', command);
      assert.match(title, /^[A-Z]/, command);
    }
  });

  it('exist for every item of a menu', () => {
    const items = Object.values(menus).flat();
    const unknown = items.filter(({ command }) => command !== undefined && !commandIds.includes(command));
    assert.deepEqual(unknown, []);
  });

  it('are disabled where they need the right to write that another window or PC has', () => {
    const disabled = commands.filter(({ enablement }) => enablement === '!shopmaster.watching');
    assert.deepEqual(
      disabled.map(({ command }) => command),
      ['uploadProducts', 'verifyCatalogue', 'queueDifferences', 'retry', 'discardChange', 'dismissDeleted'].map(
        (name) => `shopmaster.${name}`,
      ),
    );
  });

  it('complete no step of the walkthrough by being chosen, whatever becomes of them', () => {
    assert.deepEqual(
      completions.filter((event) => event.startsWith('onCommand:')),
      [],
    );
  });

  it('have an icon where a menu shows them as buttons', () => {
    const buttons = Object.entries(menus).flatMap(([menu, items]) =>
      items.filter(
        ({ group = '' }) => group.startsWith('inline') || (menu === 'view/title' && group.startsWith('navigation')),
      ),
    );
    assert.ok(buttons.length > 0);
    for (const { command } of buttons) {
      const icon = commands.find((other) => other.command === command)?.icon;
      assert.ok(icon !== undefined, `${command ?? 'a submenu'} has no icon`);
    }
  });
});

describe('the conditions of package.json', () => {
  const ours = /\bshopmaster\.[\w.]+/g;

  it('ask only for context keys that the extension sets', () => {
    const known = [...contextKeys.keys(), ...viewIds];
    const asked = conditions.flatMap((condition) => condition.match(ours) ?? []);
    assert.ok(asked.length > 0);
    assert.deepEqual(
      asked.filter((name) => !known.includes(name)),
      [],
    );
  });

  it('compare them only with values that they can have', () => {
    const comparisons = conditions.flatMap((condition) => [
      ...condition.matchAll(/\b(shopmaster\.[\w.]+)\s*[!=]==?\s*'?([\w.]+)'?/g),
    ]);
    assert.ok(comparisons.length > 0);
    for (const [comparison, key = '', value = ''] of comparisons)
      assert.ok(contextKeys.get(key)?.includes(value), comparison);
  });

  it('name only views that exist', () => {
    const named = conditions.flatMap((condition) => [...condition.matchAll(/\bview\s*==\s*'?([\w.]+)'?/g)]);
    assert.ok(named.length > 0);
    for (const [condition, view = ''] of named) assert.ok(viewIds.includes(view), condition);
  });
});

describe('the pictures of package.json', () => {
  const files = textsIn(manifest).filter((text) => /^(\.\/)?media\//.test(text));

  it('exist', () => {
    assert.ok(files.length > 0);
    assert.deepEqual(
      files.filter((file) => !fs.existsSync(path.join(root, file))),
      [],
    );
  });

  it('of the walkthrough take their colours from the theme', () => {
    const pictures = files.filter((file) => file.includes('walkthrough/'));
    assert.equal(pictures.length, walkthroughs.flatMap(({ steps }) => steps).length);
    for (const picture of pictures) {
      const svg = fs.readFileSync(path.join(root, picture), 'utf8');
      assert.doesNotMatch(svg, /#[0-9a-f]{3,8}\b|rgb\(/i, picture);
      // VS Code's page for it page refuses styles that come with the picture.
      assert.doesNotMatch(svg, /<style|\sstyle=/, picture);
    }
  });
});
