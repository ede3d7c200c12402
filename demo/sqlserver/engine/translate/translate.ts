/** One T-SQL statement -> PostgreSQL: parsed, then written for the catalog and the session's options. */
import type { ImageCapture, TranslationContext, Translation } from '../contract';
import { tokenize, type Token } from '../lexer';
import { emitData } from './emit/dataStatement';
import { emitDdl } from './emit/ddl';
import { syntaxError } from './parse/cursor';
import { parseDataStatement } from './parse/dataStatement';
import { parseDdl } from './parse/ddl';
import type { DataStatement } from './statements';
import type { DdlStatement } from './ddlStatements';

function parse(tokens: readonly Token[], sql: string): DataStatement | DdlStatement {
  const statement = parseDataStatement(tokens) ?? parseDdl(tokens, sql);
  if (statement !== undefined) return statement;
  const [first] = tokens;
  throw syntaxError(first ?? { kind: 'end', text: '', value: '', upper: '', start: 0, end: 0, line: 1 });
}

/** A statement is checked with its batch and translated when it runs, more than once perhaps: it is parsed once. */
const MOST_PARSED = 200;
/** Characters of all of them together. */
const MOST_TEXT = 1_000_000;

export class Translator {
  private readonly parsed = new Map<string, DataStatement | DdlStatement>();
  private textLength = 0;

  /** Throws SqlServerError where the statement can't be parsed; names are not looked up. */
  checkSyntax(sql: string, quotedIdentifier: boolean): void {
    this.parse(sql, quotedIdentifier);
  }

  /** Throws SqlServerError: syntax (102, 156), names (207, 208, 209, …), and what the translation doesn't know (102). */
  translate(sql: string, context: TranslationContext, capture?: ImageCapture): Translation {
    const statement = this.parse(sql, context.quotedIdentifier);
    return isData(statement) ? emitData(statement, context, capture) : emitDdl(statement, context);
  }

  private parse(sql: string, quotedIdentifier: boolean): DataStatement | DdlStatement {
    const key = `${quotedIdentifier ? 'name' : 'string'} ${sql}`;
    const known = this.parsed.get(key);
    if (known !== undefined) return known;
    const statement = parse(tokenize(sql, { quotedIdentifier }), sql);
    this.parsed.set(key, statement);
    this.textLength += key.length;
    for (const oldest of this.parsed.keys()) {
      if (this.parsed.size <= MOST_PARSED && this.textLength <= MOST_TEXT) break;
      this.parsed.delete(oldest);
      this.textLength -= oldest.length;
    }
    return statement;
  }
}

/** Throws SqlServerError where the statement can't be parsed; names are not looked up. */
export function checkSyntax(sql: string, quotedIdentifier: boolean): void {
  new Translator().checkSyntax(sql, quotedIdentifier);
}

/** One statement, once. */
export function translate(sql: string, context: TranslationContext, capture?: ImageCapture): Translation {
  return new Translator().translate(sql, context, capture);
}

const DATA_KINDS = ['select', 'insert', 'update', 'delete', 'merge', 'truncate'];

function isData(statement: DataStatement | DdlStatement): statement is DataStatement {
  return DATA_KINDS.includes(statement.kind);
}
