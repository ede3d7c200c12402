/**
 * Which sessions of a database have an open transaction that has written: only then does a reader have anything to wait for.
 */
export class DatabaseWriters {
  private readonly writing = new Set<WriteTracker>();

  add(session: WriteTracker): void {
    this.writing.add(session);
  }

  delete(session: WriteTracker): void {
    this.writing.delete(session);
  }

  /** Whether a session other than this one has written and not ended its transaction. */
  othersThan(session: WriteTracker): boolean {
    return this.writing.size > (this.writing.has(session) ? 1 : 0);
  }
}

/** One session's entry. */
export class WriteTracker {
  constructor(private database: DatabaseWriters) {}

  /** Goes on with another database, having written nothing there. */
  attach(database: DatabaseWriters): void {
    this.done();
    this.database = database;
  }

  begin(): void {
    this.database.add(this);
  }

  done(): void {
    this.database.delete(this);
  }

  get othersWrite(): boolean {
    return this.database.othersThan(this);
  }
}
