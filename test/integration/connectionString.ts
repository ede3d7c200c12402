/** The connection string that names a real server for the tests. */

export interface TestServer {
  readonly server: string;
  readonly database: string;
  readonly username: string;
  readonly password: string;
  readonly encrypt: boolean;
  readonly trustServerCertificate: boolean;
}

/** `Key=value;…`; a value in quotes may hold semicolons. Throws where a key is missing. */
export function parseConnectionString(text: string): TestServer {
  const values = new Map<string, string>();
  for (const match of text.matchAll(/\s*([^=;]+?)\s*=\s*(?:"((?:[^"]|"")*)"|'((?:[^']|'')*)'|([^;]*))\s*(?:;|$)/g)) {
    const [, key = '', inDoubleQuotes, inSingleQuotes, plain = ''] = match;
    values.set(
      key.toLowerCase().replaceAll(' ', ''),
      inDoubleQuotes?.replaceAll('""', '"') ?? inSingleQuotes?.replaceAll("''", "'") ?? plain.trim(),
    );
  }
  const value = (...keys: string[]): string => {
    for (const key of keys) {
      const found = values.get(key);
      if (found !== undefined) return found;
    }
    throw new Error(`The connection string has no ${keys.join(' or ')}.`);
  };
  const isOn = (key: string, byDefault: boolean): boolean => {
    const found = values.get(key);
    return found === undefined ? byDefault : /^(true|yes|mandatory|strict)$/i.test(found);
  };
  return {
    server: value('server', 'datasource'),
    database: values.get('database') ?? values.get('initialcatalog') ?? 'master',
    username: value('userid', 'uid', 'user'),
    password: value('password', 'pwd'),
    encrypt: isOn('encrypt', true),
    trustServerCertificate: isOn('trustservercertificate', false),
  };
}
