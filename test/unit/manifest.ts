/** package.json as VS Code reads it, with the words of package.nls.json. */
import fs from 'node:fs';
import path from 'node:path';

export const root = path.join(__dirname, '../..');

export interface Setting {
  readonly type: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly markdownEnumDescriptions?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
  readonly markdownDescription?: string;
  readonly order?: number;
  readonly scope?: string;
}

export interface Command {
  readonly command: string;
  readonly title: string;
  readonly category?: string;
  readonly icon?: unknown;
  readonly enablement?: string;
}

export interface MenuItem {
  readonly command?: string;
  readonly submenu?: string;
  readonly group?: string;
  readonly when?: string;
}

export interface Walkthrough {
  readonly id: string;
  readonly steps: readonly { readonly id: string; readonly completionEvents: readonly string[] }[];
}

interface Configuration {
  readonly title: string;
  readonly properties: Readonly<Record<string, Setting>>;
}

export interface Manifest {
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly commands: readonly Command[];
    readonly configuration: Configuration | readonly Configuration[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly icon?: string }[]>>;
    readonly walkthroughs: readonly Walkthrough[];
  };
}

/** As it lies on disk, with its `%key%` places. */
export const rawManifest = readJson('package.json') as Manifest;
export const words = readJson('package.nls.json') as Readonly<Record<string, string>>;
/** With the words in their places. */
export const manifest = localized(rawManifest) as Manifest;

export const settings: readonly (readonly [string, Setting])[] = [manifest.contributes.configuration]
  .flat()
  .flatMap(({ properties }) => Object.entries(properties));

/** Every text in a value, however deep. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** The values of every property of that name, however deep. */
export function textsOf(property: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === property && typeof inner === 'string' ? [inner] : textsOf(property, inner),
  );
}

function localized(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^%(.+)%$/, (place, key: string) => words[key] ?? place);
  if (Array.isArray(value)) return value.map(localized);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, localized(inner)]));
}

function readJson(file: string): unknown {
  return JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));
}
