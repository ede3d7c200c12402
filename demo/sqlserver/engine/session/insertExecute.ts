/** INSERT … EXEC: the rows that come out of a procedure or a text go into a table. */
import { SqlServerError, type Column, type ResultSink, type SqlValue } from '../../contract';
import type { Execution } from './execution';
import type { Scope } from './scope';
import type { StatementRunner } from './statementRunner';
import type { Statement } from './syntax';

interface Collected {
  readonly columns: readonly Column[];
  readonly rows: (readonly SqlValue[])[];
}

export class InsertExecute {
  constructor(
    private readonly statements: StatementRunner,
    private readonly execute: (statement: Statement, scope: Scope, execution: Execution) => Promise<void>,
  ) {}

  async run(
    statement: Extract<Statement, { kind: 'insert execute' }>,
    scope: Scope,
    execution: Execution,
  ): Promise<void> {
    const results: Collected[] = [];
    await this.execute(statement.execute, scope, { ...execution, sink: collecting(execution.sink, results) });
    const [first] = results;
    const width = first?.columns.length ?? 0;
    if (results.some(({ columns }) => columns.length !== width)) {
      throw new SqlServerError(213, 'Column name or number of supplied values does not match table definition.');
    }
    const rows = results.flatMap((result) => result.rows.map((values) => ({ values, columns: result.columns })));
    if (rows.length === 0) {
      execution.sink.statementDone({ rowCount: 0, isSelect: false });
      return;
    }
    // All rows are one INSERT, so that its triggers fire once.
    const inner = scope.inner();
    const selects = rows.map(({ values, columns }, row) => {
      const names = values.map((value, at) => {
        const name = `@r${row}c${at}`;
        inner.variables.declare(name, columns[at]?.type ?? { name: 'nvarchar', length: -1 }, value);
        return name;
      });
      return `SELECT ${names.join(', ')}`;
    });
    const text = `${statement.target.text} ${selects.join(' UNION ALL ')}`;
    await this.statements.run({ ...statement.target, text }, inner, execution);
  }
}

/** Takes result sets, and lets everything else pass. */
function collecting(sink: ResultSink, results: Collected[]): ResultSink {
  return {
    columns: (columns) => void results.push({ columns, rows: [] }),
    row: (values) => void results.at(-1)?.rows.push([...values]),
    statementDone: () => undefined,
    message: (message) => sink.message(message),
    flush: () => sink.flush(),
    outputParameter: () => undefined,
    returnStatus: () => undefined,
    environment: (change) => sink.environment(change),
  };
}
