/** Logins, users, roles and permissions. */
import { SqlServerError } from '../../contract';
import type { SecurityStatement, StatementBody } from './syntax';
import type { TokenReader } from './tokenReader';

export function parseSecurity(reader: TokenReader): StatementBody | undefined {
  const statement = permission(reader) ?? principal(reader);
  return statement === undefined ? undefined : { kind: 'security', statement };
}

function permission(reader: TokenReader): SecurityStatement | undefined {
  const action = (['GRANT', 'DENY', 'REVOKE'] as const).find((word) => reader.accept(word));
  if (action === undefined) return undefined;
  if (action === 'REVOKE') reader.accept('GRANT', 'OPTION', 'FOR');
  const permissions = permissionList(reader);
  const on = reader.accept('ON') ? securable(reader) : undefined;
  if (!reader.accept('TO')) {
    if (action !== 'REVOKE') throw reader.error();
    reader.expect('FROM');
  }
  const to = [reader.identifier()];
  while (reader.accept(',')) to.push(reader.identifier());
  reader.accept('CASCADE');
  reader.accept('WITH', 'GRANT', 'OPTION');
  if (reader.accept('AS')) reader.identifier();
  return { kind: 'grant', action, permissions, on, to };
}

/** Permission names of one or several words (`VIEW DEFINITION`), each with columns, perhaps. */
function permissionList(reader: TokenReader) {
  const permissions: { name: string; columns: string[] }[] = [];
  do {
    const words: string[] = [];
    while (reader.peek().kind === 'word' && !reader.seesOneOf(['ON', 'TO', 'FROM'])) words.push(reader.next().upper);
    if (words.length === 0) throw reader.error();
    const columns: string[] = [];
    if (reader.accept('(')) {
      do columns.push(reader.identifier());
      while (reader.accept(','));
      reader.expect(')');
    }
    const name = words.join(' ');
    permissions.push({ name: name === 'EXEC' ? 'EXECUTE' : name, columns });
  } while (reader.accept(','));
  return permissions;
}

function securable(reader: TokenReader) {
  if (reader.accept('SCHEMA', '::')) return { securable: 'schema' as const, name: reader.objectName() };
  if (reader.accept('DATABASE', '::')) return { securable: 'database' as const, name: reader.objectName() };
  reader.accept('OBJECT', '::');
  return { securable: 'object' as const, name: reader.objectName() };
}

const KINDS = ['LOGIN', 'USER', 'ROLE'] as const;

function principal(reader: TokenReader): SecurityStatement | undefined {
  const verb = reader.peek().upper;
  const kind = KINDS.find((word) => reader.peek(1).upper === word);
  if (kind === undefined || !['CREATE', 'ALTER', 'DROP'].includes(verb)) return undefined;
  reader.next();
  reader.next();
  const ifExists = verb === 'DROP' && reader.accept('IF', 'EXISTS');
  const name = reader.identifier();
  if (verb === 'DROP') {
    if (kind === 'LOGIN') return { kind: 'drop login', name };
    return { kind: kind === 'USER' ? 'drop user' : 'drop role', name, ifExists };
  }
  if (kind === 'LOGIN') return verb === 'CREATE' ? createLogin(reader, name) : alterLogin(reader, name);
  if (kind === 'USER') return verb === 'CREATE' ? createUser(reader, name) : alterUser(reader, name);
  return verb === 'CREATE' ? createRole(reader, name) : alterRole(reader, name);
}

/** `NAME = value` pairs behind WITH; values of no interest are left out by whoever asks. */
function withPairs(reader: TokenReader): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  do {
    const key = reader.identifier().toUpperCase();
    reader.expect('=');
    const token = reader.next();
    if (token.kind === 'end' || token.kind === 'symbol') throw reader.error(token);
    pairs.set(key, token.value);
    while (reader.accept('MUST_CHANGE') || reader.accept('UNLOCK'));
  } while (reader.accept(','));
  return pairs;
}

function createLogin(reader: TokenReader, name: string): SecurityStatement {
  if (reader.accept('FROM'))
    throw new SqlServerError(15401, `Windows NT user or group '${name}' not found. Check the name again.`);
  reader.expect('WITH');
  const pairs = withPairs(reader);
  const password = pairs.get('PASSWORD');
  if (password === undefined) throw reader.error();
  return { kind: 'create login', name, password, defaultDatabase: pairs.get('DEFAULT_DATABASE') };
}

function alterLogin(reader: TokenReader, name: string): SecurityStatement {
  if (reader.accept('ENABLE')) return { kind: 'alter login', name, disabled: false };
  if (reader.accept('DISABLE')) return { kind: 'alter login', name, disabled: true };
  reader.expect('WITH');
  const pairs = withPairs(reader);
  return {
    kind: 'alter login',
    name,
    password: pairs.get('PASSWORD'),
    defaultDatabase: pairs.get('DEFAULT_DATABASE'),
  };
}

function createUser(reader: TokenReader, name: string): SecurityStatement {
  let login: string | undefined = name;
  if (reader.accept('FOR', 'LOGIN') || reader.accept('FROM', 'LOGIN')) login = reader.identifier();
  else if (reader.accept('WITHOUT', 'LOGIN')) login = undefined;
  const pairs = reader.accept('WITH') ? withPairs(reader) : new Map<string, string>();
  return { kind: 'create user', name, login, defaultSchema: pairs.get('DEFAULT_SCHEMA') };
}

function alterUser(reader: TokenReader, name: string): SecurityStatement {
  reader.expect('WITH');
  const defaultSchema = withPairs(reader).get('DEFAULT_SCHEMA');
  if (defaultSchema === undefined) throw reader.error();
  return { kind: 'alter user', name, defaultSchema };
}

function createRole(reader: TokenReader, name: string): SecurityStatement {
  if (reader.accept('AUTHORIZATION')) reader.identifier();
  return { kind: 'create role', name };
}

function alterRole(reader: TokenReader, role: string): SecurityStatement {
  const action = reader.accept('ADD') ? 'add' : 'drop';
  if (action === 'drop') reader.expect('DROP');
  reader.expect('MEMBER');
  return { kind: 'role member', role, member: reader.identifier(), action };
}
