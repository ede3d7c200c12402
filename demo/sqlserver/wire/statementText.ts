import type { ExecuteRequest, Parameter, SqlValue } from '../contract';

/** Where the procedures that take a statement have it. */
const statementParameter: Readonly<Record<string, number>> = { sp_executesql: 0, sp_prepare: 2, sp_prepexec: 2 };

const transactionText = {
  begin: 'BEGIN TRANSACTION',
  commit: 'COMMIT TRANSACTION',
  rollback: 'ROLLBACK TRANSACTION',
  save: 'SAVE TRANSACTION',
} as const;

/** Knows what a session's requests execute, also behind the handles of prepared statements. */
export class StatementTexts {
  readonly #prepared = new Map<string, string>();

  /** The text that a request executes; none for one that executes nothing, such as preparing. */
  of(request: ExecuteRequest): string | undefined {
    switch (request.kind) {
      case 'batch':
        return request.sql;
      case 'transaction':
        return transactionText[request.operation];
      case 'procedure': {
        const name = request.name.toLowerCase();
        if (name === 'sp_prepare' || name === 'sp_unprepare') return undefined;
        if (name === 'sp_execute') return this.#prepared.get(handleOf(request.parameters) ?? '');
        return statementOf(name, request.parameters) ?? request.name;
      }
    }
  }

  /** Notes the handle that a request returned for its statement. */
  remember(request: ExecuteRequest, outputName: string, value: SqlValue): void {
    if (request.kind !== 'procedure' || value === null) return;
    const name = request.name.toLowerCase();
    const isHandle = outputName === '' || outputName === request.parameters[0]?.name;
    if ((name !== 'sp_prepare' && name !== 'sp_prepexec') || !isHandle) return;
    this.#prepared.set(value, statementOf(name, request.parameters) ?? '');
  }

  /** Notes that a request gave a handle back. */
  forget(request: ExecuteRequest): void {
    if (request.kind !== 'procedure' || request.name.toLowerCase() !== 'sp_unprepare') return;
    this.#prepared.delete(handleOf(request.parameters) ?? '');
  }
}

function statementOf(procedure: string, parameters: readonly Parameter[]): string | undefined {
  const place = statementParameter[procedure];
  return place === undefined ? undefined : (parameters[place]?.value ?? undefined);
}

function handleOf(parameters: readonly Parameter[]): string | undefined {
  return parameters[0]?.value ?? undefined;
}
