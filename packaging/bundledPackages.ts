/** Which packages are in what esbuild has built. */
import type { Metafile } from 'esbuild';

/** `node_modules/a/node_modules/@b/c` for `node_modules/a/node_modules/@b/c/d.js`; the same as in package-lock.json. */
export function packageFolder(input: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input.replace(/^[^:]*:/, ''))?.[0];
}

/** The folders, from where esbuild ran, of all packages that have at least a byte in what is loaded; each once. */
export function bundledPackages({ outputs }: Pick<Metafile, 'outputs'>): readonly string[] {
  const folders = new Set<string>();
  for (const [file, { inputs }] of Object.entries(outputs)) {
    if (file.endsWith('.map')) continue;
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = packageFolder(input);
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
    }
  }
  return [...folders];
}
