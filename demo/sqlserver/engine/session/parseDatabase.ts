/** CREATE, ALTER and DROP DATABASE. */
import type { StatementBody } from './syntax';
import type { TokenReader } from './tokenReader';

export function parseDatabaseStatement(reader: TokenReader): StatementBody | undefined {
  if (reader.sees('CREATE', 'DATABASE')) return create(reader);
  if (reader.sees('ALTER', 'DATABASE')) return alter(reader);
  if (!reader.accept('DROP', 'DATABASE')) return undefined;
  const ifExists = reader.accept('IF', 'EXISTS');
  const names: string[] = [];
  do names.push(reader.identifier());
  while (reader.accept(','));
  return { kind: 'drop database', names, ifExists };
}

/** Where its files shall lie is of no consequence here. */
function create(reader: TokenReader): StatementBody {
  reader.expect('CREATE', 'DATABASE');
  const name = reader.identifier();
  if (reader.accept('ON')) fileSpecifications(reader);
  if (reader.accept('LOG')) {
    reader.expect('ON');
    fileSpecifications(reader);
  }
  const collation = reader.accept('COLLATE') ? reader.identifier() : undefined;
  return { kind: 'create database', name, collation };
}

function fileSpecifications(reader: TokenReader): void {
  do {
    reader.accept('PRIMARY');
    reader.expect('(');
    for (let depth = 1; depth > 0;) {
      if (reader.atEnd) throw reader.error();
      if (reader.sees('(')) depth += 1;
      if (reader.sees(')')) depth -= 1;
      reader.next();
    }
  } while (reader.accept(','));
}

/** Options that are a state of their own. */
const STATES = new Set('SINGLE_USER RESTRICTED_USER MULTI_USER ONLINE OFFLINE READ_ONLY READ_WRITE'.split(' '));

function optionValue(reader: TokenReader): string {
  reader.accept('=');
  const token = reader.next();
  if (token.kind === 'end') throw reader.error(token);
  return token.kind === 'word' ? token.upper : token.value;
}

function alter(reader: TokenReader): StatementBody {
  reader.expect('ALTER', 'DATABASE');
  const name = reader.accept('CURRENT') ? undefined : reader.identifier();
  if (reader.accept('COLLATE')) return { kind: 'alter database', name, option: 'COLLATE', value: reader.identifier() };
  reader.expect('SET');
  const option = reader.identifier().toUpperCase();
  const value = STATES.has(option) ? '' : optionValue(reader);
  if (reader.accept('WITH')) {
    if (reader.accept('ROLLBACK')) {
      if (reader.accept('AFTER')) {
        reader.next();
        reader.accept('SECONDS');
      } else {
        reader.expect('IMMEDIATE');
      }
    } else {
      reader.expect('NO_WAIT');
    }
  }
  return { kind: 'alter database', name, option, value };
}
