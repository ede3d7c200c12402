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

/** Throws SqlServerError where the statement can't be parsed; names are not looked up. */
export function checkSyntax(sql: string, quotedIdentifier: boolean): void {
  parse(tokenize(sql, { quotedIdentifier }), sql);
}

/** Throws SqlServerError: syntax (102, 156), names (207, 208, 209, …), and what the translation doesn't know (102). */
export function translate(sql: string, context: TranslationContext, capture?: ImageCapture): Translation {
  const statement = parse(tokenize(sql, { quotedIdentifier: context.quotedIdentifier }), sql);
  return isData(statement) ? emitData(statement, context, capture) : emitDdl(statement, context);
}

const DATA_KINDS = ['select', 'insert', 'update', 'delete', 'merge', 'truncate'];

function isData(statement: DataStatement | DdlStatement): statement is DataStatement {
  return DATA_KINDS.includes(statement.kind);
}
