/** What one translation gathers while its text is written: variables, what it uses, what must be locked first. */
import { SqlServerError, type SqlType } from '../../../contract';
import type { CatalogTable, PostgresStatement, Translation, TranslationContext } from '../../contract';
import type { Source } from './scope';

type Right = Translation['uses'][number]['right'];

const INT: SqlType = { name: 'int' };
const NVARCHAR: SqlType = { name: 'nvarchar', length: 4000 };

/** What the session answers in place of a variable, by its lower-case text. */
const SESSION_VALUES: ReadonlyMap<string, SqlType> = new Map<string, SqlType>([
  ['@@rowcount', INT],
  ['@@error', INT],
  ['@@trancount', INT],
  ['@@nestlevel', INT],
  ['@@procid', INT],
  ['@@options', INT],
  ['@@fetch_status', INT],
  ['@@lock_timeout', INT],
  ['@@textsize', INT],
  ['@@spid', { name: 'smallint' }],
  ['@@datefirst', { name: 'tinyint' }],
  ['@@identity', { name: 'numeric', precision: 38, scale: 0 }],
  ['@@servername', { name: 'nvarchar', length: 128 }],
  ['@@servicename', { name: 'nvarchar', length: 128 }],
  ['@@language', { name: 'nvarchar', length: 128 }],
  ['@@version', { name: 'nvarchar', length: 300 }],
  ['@@scope_identity', { name: 'numeric', precision: 38, scale: 0 }],
  ['@@error_number', INT],
  ['@@error_severity', INT],
  ['@@error_state', INT],
  ['@@error_line', INT],
  ['@@error_message', NVARCHAR],
  ['@@error_procedure', { name: 'nvarchar', length: 128 }],
  ['@@xact_state', { name: 'smallint' }],
  ['@@trigger_nestlevel', INT],
  ['@@context_info', { name: 'varbinary', length: 128 }],
]);

/** Around a variable's name in unfinished text; PostgreSQL's text can't hold this character. */
const MARK = '\0';

export class Run {
  private readonly used = new Map<string, Translation['uses'][number]>();
  private readonly locks = new Map<string, string>();
  private collectors: Set<Source>[] = [];

  constructor(readonly context: TranslationContext) {}

  uses(table: CatalogTable, right: Right): void {
    this.used.set(`${table.objectId} ${table.schema}.${table.name} ${right}`, { table, right });
  }

  get allUses(): Translation['uses'] {
    return [...this.used.values()];
  }

  /** A whole table is locked before the statement. The strongest mode asked for counts. */
  lockTable(relation: string, mode: 'SHARE' | 'ACCESS EXCLUSIVE'): void {
    if (this.locks.get(relation) !== 'ACCESS EXCLUSIVE') this.locks.set(relation, mode);
  }

  get lockStatements(): readonly string[] {
    return [...this.locks].map(([relation, mode]) => `LOCK TABLE ${relation} IN ${mode} MODE`);
  }

  sourceUsed(source: Source): void {
    for (const collector of this.collectors) collector.add(source);
  }

  /** Runs `work` and tells which sources it used. */
  collect<T>(work: () => T): { readonly result: T; readonly sources: ReadonlySet<Source> } {
    const sources = new Set<Source>();
    this.collectors = [...this.collectors, sources];
    try {
      return { result: work(), sources };
    } finally {
      this.collectors = this.collectors.filter((collector) => collector !== sources);
    }
  }

  /** Throws 137 for a variable that is not declared. */
  variableType(name: string): SqlType {
    const type = this.context.variables.get(name) ?? SESSION_VALUES.get(name);
    if (type !== undefined) return type;
    throw new SqlServerError(137, `Must declare the scalar variable "${name}".`, 15, 2);
  }

  /** Stands for a variable's placeholder in unfinished text. */
  placeholder(name: string): string {
    return `${MARK}${name}${MARK}`;
  }

  /** Numbers the placeholders of a text. */
  finish(text: string): PostgresStatement {
    const variables: string[] = [];
    const sql = text.replace(/\0([^\0]*)\0/g, (_, name: string) => {
      if (!variables.includes(name)) variables.push(name);
      return `$${variables.indexOf(name) + 1}`;
    });
    return { sql, variables };
  }
}
