/** What the desktop program's `.env` says. Keys: PRODUCT.md. */
import { parseEnvFile } from './envFile';

/** Larger than any of the desktop program's, bytes. */
export const largestEnvFile = 65_536;

/** What is empty or missing in the file is null. */
export interface DesktopSettings {
  readonly server: string | null;
  readonly database: string | null;
  readonly table: string | null;
  readonly authentication: 'password' | 'windows' | null;
  readonly username: string | null;
  /** Of the SQL Server login. */
  readonly password: string | null;
  /** A session with Digible, which shopMaster doesn't need: it signs in itself. */
  readonly hasAccessToken: boolean;
  /** From 1. */
  readonly unreadableLines: readonly number[];
}

export type DesktopEnvReading =
  | { readonly ok: true; readonly value: DesktopSettings }
  | { readonly ok: false; readonly reason: 'empty' | 'too large' | 'not text' | 'other keys' };

export function readDesktopEnv(bytes: Uint8Array): DesktopEnvReading {
  if (bytes.length > largestEnvFile) return { ok: false, reason: 'too large' };
  const text = decode(bytes);
  if (text === null) return { ok: false, reason: 'not text' };
  if (text.trim() === '') return { ok: false, reason: 'empty' };
  const { values, unreadableLines } = parseEnvFile(text);
  const valueOf = (key: string): string | null => {
    const value = values.get(key) ?? '';
    return value === '' ? null : value;
  };
  const found = {
    server: valueOf('server_name')?.trim() ?? null,
    database: (valueOf('db_name') ?? valueOf('database_name'))?.trim() ?? null,
    table: valueOf('local_table')?.trim() ?? null,
    authentication: authenticationOf(valueOf('security')),
    username: valueOf('username')?.trim() ?? null,
    password: valueOf('password'),
  };
  if (Object.values(found).every((value) => value === null)) return { ok: false, reason: 'other keys' };
  return { ok: true, value: { ...found, hasAccessToken: valueOf('access_token') !== null, unreadableLines } };
}

/** The desktop's words are "Windows Authentication" and "Password". */
function authenticationOf(security: string | null): DesktopSettings['authentication'] {
  if (security === null) return null;
  if (/windows/i.test(security)) return 'windows';
  return /password/i.test(security) ? 'password' : null;
}

/** UTF-8 as the desktop program wrote it; UTF-16 or Windows' own code page after an editor has saved it. Null: no text. */
function decode(bytes: Uint8Array): string | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
