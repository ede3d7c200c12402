/** A cursor over the tokens of one batch, with the small pieces of grammar that every statement shares. */
import { SqlServerError } from '../../contract';
import type { Token } from '../lexer';
import { rewriteSessionFunctions } from './sessionFunctions';
import type { ObjectName, Source } from './syntax';

/** Where the statements of a batch keep what is known of it while it is parsed. */
export interface BatchNames {
  /** Table variables declared so far: lower-case name with `@` -> the temporary table behind it. */
  readonly tableVariables: Map<string, string>;
}

export class TokenReader {
  position = 0;
  private readonly end: Token;

  constructor(
    readonly text: string,
    private readonly tokens: readonly Token[],
    private readonly names: BatchNames,
  ) {
    const last = tokens.at(-1);
    this.end = {
      kind: 'end',
      text: '',
      value: '',
      upper: '',
      start: text.length,
      end: text.length,
      line: last?.line ?? 1,
    };
  }

  peek(offset = 0): Token {
    return this.tokens[this.position + offset] ?? this.end;
  }

  get atEnd(): boolean {
    return this.peek().kind === 'end';
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.position += 1;
    return token;
  }

  /** Whether the next tokens are these words and symbols. */
  sees(...words: readonly string[]): boolean {
    return words.every((word, offset) => this.peek(offset).upper === word);
  }

  seesOneOf(words: readonly string[]): boolean {
    return words.includes(this.peek().upper);
  }

  /** Takes these words and symbols if they are next. */
  accept(...words: readonly string[]): boolean {
    if (!this.sees(...words)) return false;
    this.position += words.length;
    return true;
  }

  expect(...words: readonly string[]): void {
    for (const word of words) {
      if (!this.accept(word)) throw this.error();
    }
  }

  /** Error 102 (or 156 for a keyword) at the next token. */
  error(token = this.peek()): SqlServerError {
    return syntaxError(token);
  }

  identifier(): string {
    const token = this.next();
    if (token.kind !== 'word' && token.kind !== 'name') throw this.error(token);
    return token.value;
  }

  variable(): string {
    const token = this.next();
    if (token.kind !== 'variable') throw this.error(token);
    return token.value.toLowerCase();
  }

  string(): string {
    const token = this.next();
    if (token.kind !== 'string' && token.kind !== 'nstring') throw this.error(token);
    return token.value;
  }

  /** `name`, `schema.name`, `database.schema.name`, `database..name`. */
  objectName(): ObjectName {
    const parts = [this.identifier()];
    while (this.accept('.')) {
      parts.push(this.sees('.') ? '' : this.identifier());
    }
    if (parts.length > 3) throw this.error();
    const [name = '', schema, database] = parts.reverse();
    return { name, schema: schema === '' ? undefined : schema, database };
  }

  /** What stands between two positions, as the translation wants it. */
  source(from: number, to: number): Source {
    if (to <= from) throw this.error(this.tokens[to]);
    const tokens = this.tokens.slice(from, to);
    return rewriteSessionFunctions(this.text, tokens, this.names.tableVariables);
  }

  declareTableVariable(name: string, table: string): void {
    this.names.tableVariables.set(name, table);
  }
}

/** Reserved words that SQL Server answers with 156 instead of 102 when they stand in a wrong place. */
const KEYWORDS = new Set(
  `ADD ALL ALTER AND ANY AS ASC AUTHORIZATION BACKUP BEGIN BETWEEN BREAK BROWSE BULK BY CASCADE CASE CHECK CHECKPOINT CLOSE
  CLUSTERED COALESCE COLLATE COLUMN COMMIT COMPUTE CONSTRAINT CONTAINS CONTINUE CONVERT CREATE CROSS CURRENT CURSOR DATABASE
  DBCC DEALLOCATE DECLARE DEFAULT DELETE DENY DESC DISTINCT DOUBLE DROP ELSE END ESCAPE EXCEPT EXEC EXECUTE EXISTS EXIT
  EXTERNAL FETCH FILE FOR FOREIGN FROM FULL FUNCTION GOTO GRANT GROUP HAVING HOLDLOCK IDENTITY IF IN INDEX INNER INSERT
  INTERSECT INTO IS JOIN KEY KILL LEFT LIKE MERGE NATIONAL NOCHECK NONCLUSTERED NOT NULL OF OFF ON OPEN OPTION OR ORDER
  OUTER OVER PERCENT PIVOT PLAN PRIMARY PRINT PROC PROCEDURE PUBLIC RAISERROR READ RECONFIGURE REFERENCES REPLICATION RESTORE
  RESTRICT RETURN REVERT REVOKE RIGHT ROLLBACK ROWCOUNT RULE SAVE SCHEMA SELECT SET SOME STATISTICS TABLE THEN TO TOP TRAN
  TRANSACTION TRIGGER TRUNCATE UNION UNIQUE UPDATE USE USER VALUES VIEW WAITFOR WHEN WHERE WHILE WITH`.split(/\s+/),
);

export function syntaxError(token: Token): SqlServerError {
  const near = token.kind === 'end' ? '' : token.text;
  if (token.kind === 'word' && KEYWORDS.has(token.upper)) {
    return new SqlServerError(156, `Incorrect syntax near the keyword '${near}'.`, 15, 1, token.line);
  }
  return new SqlServerError(102, `Incorrect syntax near '${near}'.`, 15, 1, token.line);
}

/** Whether a word is reserved, so that it can't be a name unless delimited. */
export function isKeyword(token: Token): boolean {
  return token.kind === 'word' && KEYWORDS.has(token.upper);
}
