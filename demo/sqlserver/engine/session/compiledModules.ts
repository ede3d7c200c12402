/** Compiled batches, triggers and procedures, remembered by their text. */
import { SqlServerError } from '../../contract';
import { compileBatch } from './parser';
import type { CompiledBatch, ProcedureModule, TriggerModule } from './syntax';

const MOST_REMEMBERED = 500;
/** Longer batches hold their data and won't come again. */
const LONGEST_REMEMBERED = 16_000;

/** Looks at every statement that goes to the translation and throws what is wrong with its syntax. */
export type CheckSyntax = (sql: string, quotedIdentifier: boolean) => void;

export class CompiledModules {
  private readonly remembered = new Map<string, CompiledBatch>();
  private compiled = 0;

  constructor(private readonly check: CheckSyntax) {}

  batch(text: string, quotedIdentifier: boolean): CompiledBatch {
    const key = `${quotedIdentifier ? 'name' : 'string'} ${text}`;
    const known = this.remembered.get(key);
    if (known !== undefined) {
      this.remembered.delete(key);
      this.remembered.set(key, known);
      return known;
    }
    this.compiled += 1;
    const batch = compileBatch(text, {
      quotedIdentifier,
      moduleId: String(this.compiled),
      check: (sql) => this.check(sql, quotedIdentifier),
    });
    if (text.length <= LONGEST_REMEMBERED) this.remember(key, batch);
    return batch;
  }

  trigger(definition: string): TriggerModule {
    const [statement] = this.batch(definition, true).statements;
    if (statement?.kind !== 'create trigger') throw notAModule('trigger');
    return statement.module;
  }

  procedure(definition: string): ProcedureModule {
    const [statement] = this.batch(definition, true).statements;
    if (statement?.kind !== 'create procedure') throw notAModule('procedure');
    return statement.module;
  }

  private remember(key: string, batch: CompiledBatch): void {
    this.remembered.set(key, batch);
    if (this.remembered.size <= MOST_REMEMBERED) return;
    const [oldest] = this.remembered.keys();
    if (oldest !== undefined) this.remembered.delete(oldest);
  }
}

function notAModule(type: string): SqlServerError {
  return new SqlServerError(3624, `The stored text is no ${type}.`, 20);
}
