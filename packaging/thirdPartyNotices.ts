/** What the licences of other people's packages ask to go along with them: THIRD-PARTY-NOTICES.txt in the VSIX. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** By SPDX id: those that let a program under the MIT licence ship the package, as long as its notice goes along. */
export const acceptedLicences: readonly string[] = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

const rule = '-'.repeat(80);
const licenceFile = /^(licen[sc]e|copying)(-[\w.]+)?(\.(md|txt))?$/i;
const noticeFile = /^(notices?|copyrightnotice|third-?party-?notices?)(\.(md|txt))?$/i;
const readmeFile = /^readme(\.md)?$/i;
/** Either form of a heading in Markdown. */
const licenceHeading = /^(?:#+ *licen[sc]e|licen[sc]e\n[-=]{3,})\n/im;
const anyHeading = /^(?:#|.+\n[-=]{3,}$)/m;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
  readonly repository?: string | { readonly url: string };
}

/**
 * The text for the packages in these folders, by name and version; a package of the same version in two folders has one entry.
 * @throws Error that names each package whose licence isn't accepted
 */
export function thirdPartyNotices(folders: readonly string[]): string {
  const packages = folders.map((folder) => ({ folder, manifest: manifestIn(folder) }));
  const refused = packages
    .filter(({ manifest }) => !acceptedLicences.includes(manifest.license ?? ''))
    .map(({ manifest: { name, license } }) => `${name} (${license ?? 'none'})`);
  if (refused.length > 0) throw new Error(`Not among the accepted licences: ${refused.join(', ')}.`);
  const entries = new Map(
    packages.map(({ folder, manifest }) => [`${manifest.name} ${manifest.version}`, entry(folder, manifest)]),
  );
  const sorted = [...entries].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, text]) => text);
  return `shopMaster contains the following packages, each under its own licence.\n\n${sorted.join('\n')}`;
}

function entry(folder: string, { name, version, license, author, repository }: Manifest): string {
  const heading = [
    `${name} ${version}`,
    `Licence: ${license ?? 'none'}`,
    ...(author === undefined ? [] : [`Author: ${typeof author === 'string' ? author : author.name}`]),
    ...(repository === undefined ? [] : [`Source: ${typeof repository === 'string' ? repository : repository.url}`]),
  ];
  const texts = licenceTexts(folder);
  // It asks for a copy of itself, which a short notice that links to it is not.
  const isShort = license === 'Apache-2.0' && !texts.some((text) => text.includes('END OF TERMS AND CONDITIONS'));
  if (isShort) texts.push(readFileSync(path.join(__dirname, 'Apache-2.0.txt'), 'utf8').trimEnd());
  return `${rule}\n${heading.join('\n')}\n\n${texts.join('\n\n')}\n`;
}

/** The licence, from the README where it has no file of its own, and the notices that go with it. */
function licenceTexts(folder: string): string[] {
  const files = readdirSync(folder).sort();
  const textsOf = (kind: RegExp): readonly string[] =>
    files
      .filter((file) => kind.test(file))
      .map((file) => readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  const own = textsOf(licenceFile);
  const licences = own.length > 0 ? own : textsOf(readmeFile).flatMap(licenceSection);
  return [...(licences.length > 0 ? licences : ['The package has no text of its licence.']), ...textsOf(noticeFile)];
}

function licenceSection(readme: string): readonly string[] {
  const [, fromThere] = readme.split(licenceHeading);
  const text = fromThere?.split(anyHeading)[0]?.trim() ?? '';
  return text === '' ? [] : [text];
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
}
