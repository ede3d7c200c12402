/** What `npm run build` makes, in a folder of its own, and what esbuild tells of it. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';

const root = path.join(__dirname, '..');

export class BuiltBundles {
  private constructor(
    readonly folder: string,
    /** By file name within the folder, with slashes; imports as well. */
    readonly outputs: Metafile['outputs'],
  ) {}

  static async build(): Promise<BuiltBundles> {
    const folder = await mkdtemp(path.join(tmpdir(), 'shopmaster-built-'));
    const metafile = path.join(folder, 'metafile.json');
    await promisify(execFile)(process.execPath, ['esbuild.mjs', '--outdir', folder, '--metafile', metafile], {
      cwd: root,
    });
    const { outputs } = JSON.parse(await readFile(metafile, 'utf8')) as Metafile;
    const within = (file: string): string => path.relative(folder, path.resolve(root, file)).replaceAll('\\', '/');
    return new BuiltBundles(
      folder,
      Object.fromEntries(
        Object.entries(outputs).map(([file, output]) => [
          within(file),
          { ...output, imports: output.imports.map((one) => ({ ...one, path: named(one, file, within) })) },
        ]),
      ),
    );
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }

  /** A file and all that is loaded along with it, before any of it runs. */
  loadedWith(name: string): readonly string[] {
    const loaded = new Set([name]);
    for (const file of loaded)
      for (const { path: imported, kind } of this.outputs[file]?.imports ?? [])
        if (kind !== 'dynamic-import' && imported in this.outputs) loaded.add(imported);
    return [...loaded];
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

type Import = Metafile['outputs'][string]['imports'][number];

/** esbuild names its own files from where it runs, and those of other builds as they are written. */
function named({ path: imported, external }: Import, importer: string, within: (file: string) => string): string {
  if (external !== true) return within(imported);
  return imported.startsWith('.') ? within(path.join(path.dirname(importer), imported)) : imported;
}
