/** The catalog as one session sees it: read again when any session has changed the database's tables. */
import type { Client } from 'pg';
import type { Catalog, CatalogTable, LoadCatalog } from '../contract';
import type { PostgresLink } from './postgresLink';

/** What all sessions of a database share about its tables. */
export class DatabaseSchema {
  /** Goes up with every change that others can see. */
  version = 0;
  /** Tables that a session is changing in a transaction of its own: object id -> session. */
  private readonly changing = new Map<number, SessionSchema>();
  private loaded: { readonly version: number; readonly catalog: Promise<Catalog> } | undefined;

  startChange(objectId: number, by: SessionSchema): void {
    this.changing.set(objectId, by);
  }

  endChanges(by: SessionSchema): void {
    for (const [objectId, session] of this.changing) if (session === by) this.changing.delete(objectId);
  }

  isChangedByOthers(objectId: number, asker: SessionSchema): boolean {
    const by = this.changing.get(objectId);
    return by !== undefined && by !== asker;
  }

  /** The catalog without anything that only one session sees; `load` reads it where nobody has yet. */
  shared(load: () => Promise<Catalog>): Promise<Catalog> {
    if (this.loaded?.version === this.version) return this.loaded.catalog;
    const { version } = this;
    const catalog = load();
    this.loaded = { version, catalog };
    catalog.catch(() => {
      if (this.loaded?.version === version) this.loaded = undefined;
    });
    return catalog;
  }
}

export class SessionSchema {
  private catalog: { readonly version: number; readonly catalog: Catalog } | undefined;
  /** It has changed something that others can't see yet. */
  private changedInTransaction = false;
  /** It has temporary tables, so that its catalog is its own. */
  private hasTemporaryTables = false;

  constructor(
    private database: DatabaseSchema,
    private client: Client,
    private readonly link: PostgresLink,
    private readonly load: LoadCatalog,
  ) {}

  /** Goes on with another database, where nothing has been changed yet. */
  attach(database: DatabaseSchema, client: Client): void {
    this.database = database;
    this.client = client;
    this.catalog = undefined;
    this.changedInTransaction = false;
    this.hasTemporaryTables = false;
  }

  async current(): Promise<Catalog> {
    if (this.catalog?.version === this.database.version) return this.catalog.catalog;
    const { version } = this.database;
    if (this.catalog !== undefined) this.link.forgetStatements();
    const own = this.changedInTransaction || this.hasTemporaryTables;
    const load = () => this.load(this.client);
    // Whoever reads it for all may be cancelled meanwhile.
    const catalog = await (own ? load() : this.database.shared(load).catch(load));
    this.catalog = { version, catalog };
    return catalog;
  }

  get version(): number {
    return this.database.version;
  }

  /**
   * After a statement that changed tables. `temporary`: only temporary ones, which nobody else sees. A table variable's is always the
   * same under its name, so that what is prepared stays right.
   */
  changed(what: 'anything' | 'temporary' | 'table variable', inTransaction: boolean): void {
    this.catalog = undefined;
    if (what !== 'table variable') this.link.forgetStatements();
    if (what !== 'anything') this.hasTemporaryTables = true;
    else if (inTransaction) this.changedInTransaction = true;
    else this.database.version += 1;
  }

  /** Before a statement that changes this table: others wait for its end before they use it. */
  startChange(table: CatalogTable): void {
    this.database.startChange(table.objectId, this);
  }

  /** Whether another session's open transaction is changing one of these tables. */
  changedByOthers(tables: readonly CatalogTable[]): CatalogTable | undefined {
    return tables.find(({ objectId }) => this.database.isChangedByOthers(objectId, this));
  }

  transactionEnded(undone: boolean): void {
    this.database.endChanges(this);
    if (!this.changedInTransaction) {
      // Temporary tables come and go with transactions, too.
      if (undone && this.hasTemporaryTables) this.catalog = undefined;
      return;
    }
    this.changedInTransaction = false;
    this.catalog = undefined;
    this.link.forgetStatements();
    if (!undone) this.database.version += 1;
  }

  partUndone(): void {
    if (!this.changedInTransaction && !this.hasTemporaryTables) return;
    this.catalog = undefined;
    this.link.forgetStatements();
  }

  /** All temporary tables are gone. */
  temporaryTablesDropped(): void {
    if (this.hasTemporaryTables) this.catalog = undefined;
    this.hasTemporaryTables = false;
  }
}
