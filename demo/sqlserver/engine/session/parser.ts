/**
 * Compiles a batch: T-SQL's procedural part into statements, everything else left as text for the translation. Throws
 * SqlServerError 102 or 156 at the first token that can't stand where it stands; then nothing of the batch runs.
 */
import { SqlServerError } from '../../contract';
import { tokenize } from '../lexer';
import { readDataType } from './dataType';
import { notSupported } from './failures';
import { parseCheckIdentity } from './parseCheckIdentity';
import { parseDatabaseStatement } from './parseDatabase';
import { parseExecute, parseInsertExecute, seesExecute } from './parseExecute';
import { parseModule, parseModuleDrop, parseTriggerToggle } from './parseModules';
import { parseSecurity } from './parseSecurity';
import { parseSet } from './parseSet';
import { startsStatement, TRANSLATED, UNSUPPORTED, verbOf } from './statementWords';
import { conditionEnd, expressionEnd, statementEnd } from './statementEnd';
import type { CompiledBatch, DeclaredVariable, Source, Statement, StatementBody } from './syntax';
import { TokenReader } from './tokenReader';

export interface CompileOptions {
  readonly quotedIdentifier: boolean;
  /** Makes the names of temporary tables behind table variables unique. */
  readonly moduleId: string;
  /** Throws what is wrong with the syntax of a statement that the translation takes. */
  readonly check: (sql: string) => void;
}

export function compileBatch(text: string, options: CompileOptions): CompiledBatch {
  const tokens = tokenize(text, { quotedIdentifier: options.quotedIdentifier });
  const reader = new TokenReader(text, tokens, { tableVariables: new Map() });
  return { statements: new BatchParser(reader, options).batch() };
}

export class BatchParser {
  private readonly declared = new Set<string>();

  constructor(
    readonly reader: TokenReader,
    private readonly options: CompileOptions,
  ) {}

  batch(): readonly Statement[] {
    const statements: Statement[] = [];
    for (;;) {
      while (this.reader.accept(';'));
      if (this.reader.atEnd) return statements;
      statements.push(this.statement(statements.length === 0));
    }
  }

  /** Statements up to END (which stays), at least one. */
  block(): readonly Statement[] {
    const statements: Statement[] = [];
    for (;;) {
      while (this.reader.accept(';'));
      if (this.reader.sees('END') && statements.length > 0) return statements;
      if (this.reader.atEnd || this.reader.sees('END')) throw this.reader.error();
      statements.push(this.statement(false));
    }
  }

  statement(firstOfBatch = false): Statement {
    const { line } = this.reader.peek();
    const body = this.body(firstOfBatch);
    this.reader.accept(';');
    return { ...body, line };
  }

  private body(firstOfBatch: boolean): StatementBody {
    const reader = this.reader;
    const module = parseModule(this, firstOfBatch);
    if (module !== undefined) return module;
    const special =
      parseModuleDrop(reader) ?? parseTriggerToggle(reader) ?? parseSecurity(reader) ?? parseDatabaseStatement(reader);
    if (special !== undefined) return special;
    if (seesExecute(reader, firstOfBatch)) return parseExecute(reader);
    const first = reader.peek();
    switch (first.kind === 'word' || first.kind === 'symbol' ? first.upper : '') {
      case 'BEGIN':
        return this.begin();
      case 'IF':
        return this.conditional();
      case 'WHILE':
        reader.next();
        return { kind: 'while', condition: this.condition(), body: this.statement() };
      case 'BREAK':
        reader.next();
        return { kind: 'break' };
      case 'CONTINUE':
        reader.next();
        return { kind: 'continue' };
      case 'RETURN':
        return this.returns();
      case 'DECLARE':
        reader.next();
        return this.declare();
      case 'SET':
        reader.next();
        return parseSet(reader);
      case 'PRINT':
        reader.next();
        return { kind: 'print', value: this.expression() };
      case 'RAISERROR':
        return this.raiserror();
      case 'THROW':
        return this.throws();
      case 'WAITFOR':
        return this.wait();
      case 'USE':
        reader.next();
        return { kind: 'use', database: reader.identifier() };
      case 'COMMIT':
      case 'ROLLBACK':
      case 'SAVE':
        return this.transactionEnd();
      case 'DBCC':
        return parseCheckIdentity(this);
      default:
        return this.translated();
    }
  }

  private translated(): StatementBody {
    const reader = this.reader;
    const first = reader.peek();
    if (UNSUPPORTED.has(first.upper)) throw notSupported(first.upper, first.line);
    if (!TRANSLATED.has(first.upper)) throw reader.error();
    const inserted = parseInsertExecute(reader);
    if (inserted !== undefined) return inserted;
    const end = statementEnd(reader);
    const source = reader.source(reader.position, end);
    reader.position = end;
    const keyword = verbOf(source);
    this.check(source);
    if (keyword === 'MERGE' && !reader.sees(';')) {
      throw new SqlServerError(
        10713,
        'A MERGE statement must be terminated by a semi-colon (;).',
        15,
        1,
        source.tokens.at(-1)?.line ?? 1,
      );
    }
    return { kind: 'sql', keyword, source };
  }

  private check(source: Source): void {
    try {
      this.options.check(source.text);
    } catch (error) {
      if (!(error instanceof SqlServerError)) throw error;
      const line = source.line + error.line - 1;
      throw new SqlServerError(error.number, error.message, error.severity, error.state, line, undefined, {
        cause: error,
      });
    }
  }

  private begin(): StatementBody {
    const reader = this.reader;
    reader.expect('BEGIN');
    if (reader.accept('TRAN') || reader.accept('TRANSACTION')) {
      return { kind: 'transaction', operation: 'begin', name: this.transactionName() };
    }
    if (reader.accept('TRY')) {
      const body = this.tryBlock();
      reader.expect('END', 'TRY');
      reader.accept(';');
      reader.expect('BEGIN', 'CATCH');
      const handler = this.tryBlock();
      reader.expect('END', 'CATCH');
      return { kind: 'try', body, handler };
    }
    const body = this.block();
    reader.expect('END');
    return { kind: 'block', body };
  }

  /** The statements of a TRY or CATCH block, which may be empty. */
  private tryBlock(): readonly Statement[] {
    while (this.reader.accept(';'));
    return this.reader.sees('END') ? [] : this.block();
  }

  private conditional(): StatementBody {
    const reader = this.reader;
    reader.expect('IF');
    const condition = this.condition();
    const then = this.statement();
    if (!reader.accept('ELSE')) return { kind: 'if', condition, then };
    return { kind: 'if', condition, then, otherwise: this.statement() };
  }

  private condition(): Source {
    return this.take(conditionEnd(this.reader));
  }

  expression(stopWords: readonly string[] = []): Source {
    return this.take(expressionEnd(this.reader, stopWords));
  }

  private take(end: number): Source {
    const source = this.reader.source(this.reader.position, end);
    this.reader.position = end;
    return source;
  }

  private returns(): StatementBody {
    this.reader.expect('RETURN');
    const end = expressionEnd(this.reader);
    return end === this.reader.position ? { kind: 'return' } : { kind: 'return', value: this.take(end) };
  }

  private declare(): StatementBody {
    const reader = this.reader;
    const variables: DeclaredVariable[] = [];
    if (reader.peek(1).upper === 'CURSOR') throw notSupported('A cursor', reader.peek().line);
    do {
      const name = this.declaredName();
      reader.accept('AS');
      if (reader.sees('TABLE')) {
        if (variables.length > 0) throw reader.error();
        return this.declareTable(name);
      }
      const type = readDataType(reader);
      variables.push({ name, type, value: reader.accept('=') ? this.expression() : undefined });
    } while (reader.accept(','));
    return { kind: 'declare', variables };
  }

  private declaredName(): string {
    const token = this.reader.peek();
    const name = this.reader.variable();
    if (this.declared.has(name)) {
      throw new SqlServerError(
        134,
        `The variable name '${token.value}' has already been declared. Variable names must be unique within a query batch or stored procedure.`,
        15,
        2,
        token.line,
      );
    }
    this.declared.add(name);
    return name;
  }

  private declareTable(name: string): StatementBody {
    const reader = this.reader;
    const from = reader.position;
    reader.expect('TABLE');
    if (!reader.sees('(')) throw reader.error();
    const end = statementEnd(reader);
    const columns = reader.source(from + 1, end);
    reader.position = end;
    const table = `#${name}_${this.options.moduleId}`;
    reader.declareTableVariable(name, table);
    return {
      kind: 'declare table',
      table,
      definition: { ...columns, text: `CREATE TABLE [${table}] ${columns.text}` },
    };
  }

  private raiserror(): StatementBody {
    const reader = this.reader;
    reader.expect('RAISERROR', '(');
    const message = this.expression();
    reader.expect(',');
    const severity = this.expression();
    reader.expect(',');
    const state = this.expression();
    const values: Source[] = [];
    while (reader.accept(',')) values.push(this.expression());
    reader.expect(')');
    const options: string[] = [];
    if (reader.accept('WITH')) {
      do options.push(reader.identifier().toUpperCase());
      while (reader.accept(','));
    }
    return { kind: 'raiserror', message, severity, state, arguments: values, options };
  }

  private throws(): StatementBody {
    const reader = this.reader;
    reader.expect('THROW');
    const end = expressionEnd(reader);
    if (end === reader.position) return { kind: 'throw' };
    const number = this.expression();
    reader.expect(',');
    const message = this.expression();
    reader.expect(',');
    return { kind: 'throw', error: { number, message, state: this.expression() } };
  }

  private wait(): StatementBody {
    const reader = this.reader;
    reader.expect('WAITFOR');
    const until = reader.accept('DELAY') ? 'delay' : 'time';
    if (until === 'time') reader.expect('TIME');
    return { kind: 'wait', until, value: this.expression() };
  }

  private transactionEnd(): StatementBody {
    const reader = this.reader;
    const operation = reader.accept('COMMIT') ? 'commit' : reader.accept('ROLLBACK') ? 'rollback' : 'save';
    if (operation === 'save') reader.expect('SAVE');
    const named = reader.accept('TRAN') || reader.accept('TRANSACTION');
    if (!named && operation === 'save') throw reader.error();
    if (!named) {
      reader.accept('WORK');
      return { kind: 'transaction', operation };
    }
    const name = this.transactionName();
    if (operation === 'save' && name === undefined) throw reader.error();
    return { kind: 'transaction', operation, name };
  }

  private transactionName(): string | undefined {
    const token = this.reader.peek();
    const named =
      token.kind === 'variable' || token.kind === 'name' || (token.kind === 'word' && !startsStatement(token.upper));
    if (!named) return undefined;
    this.reader.next();
    if (this.reader.accept('WITH', 'MARK') && this.reader.peek().kind.endsWith('string')) this.reader.next();
    return token.value;
  }
}
