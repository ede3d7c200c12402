/** What a column name can mean at one place of a statement: the sources of the FROM around it, and of the queries outside. */
import { SqlServerError, type SqlType } from '../../../contract';
import type { Catalog, CatalogTable } from '../../contract';
import { quoteName } from '../names';
import { isString } from '../types';
import type { CollationLabel, Value } from './value';

export interface SourceColumn {
  readonly name: string;
  readonly type: SqlType | undefined;
  readonly collation: CollationLabel;
  readonly nullable: boolean;
  /** Its text, where it is not `alias.name`. */
  readonly sql?: string | undefined;
  /** The table's column behind it, where it comes through a derived table or CTE. */
  readonly origin?: Value['origin'];
}

/** A table, derived table, … in a FROM. */
export interface Source {
  /** The name that T-SQL knows it by. */
  readonly name: string;
  /** Where it has no alias: the schema that may stand before its name. */
  readonly schema?: string | undefined;
  /** PostgreSQL's alias for it, as written there. */
  readonly alias: string;
  readonly columns: readonly SourceColumn[];
  readonly table?: CatalogTable | undefined;
  /** On the side of an outer join that may be missing. */
  nullable: boolean;
}

/** The columns of a table or view as a source's. */
export function tableColumns(table: CatalogTable): readonly SourceColumn[] {
  return table.columns.map((column) => ({
    name: column.name,
    type: column.type,
    collation: columnCollation(column.type),
    nullable: column.nullable,
  }));
}

export function columnCollation(type: SqlType): CollationLabel {
  return isString(type) ? { strength: 'implicit', name: type.collation } : { strength: 'default' };
}

export function sameName(catalog: Catalog, one: string, other: string): boolean {
  return catalog.caseSensitive ? one === other : one.toLowerCase() === other.toLowerCase();
}

/** The form of a name under which equal names meet in a map. */
export function nameKey(catalog: Catalog, name: string): string {
  return catalog.caseSensitive ? name : name.toLowerCase();
}

export class Scope {
  private readonly list: Source[] = [];

  constructor(
    private readonly catalog: Catalog,
    readonly parent: Scope | undefined,
    /** Told of every source that a name leads to. */
    private readonly onUse: (source: Source) => void,
  ) {}

  get sources(): readonly Source[] {
    return this.list;
  }

  /** Throws 1011 or 1013 where the name is taken. */
  add(source: Source): void {
    const taken = this.list.some(
      (other) => this.same(other.name, source.name) && this.sameSchema(other.schema, source.schema),
    );
    if (taken) {
      throw new SqlServerError(
        1013,
        `The objects "${source.name}" and "${source.name}" in the FROM clause have the same exposed names. Use correlation names to distinguish them.`,
        15,
      );
    }
    this.list.push(source);
  }

  /** The source that `alias.*` or `alias.column` means at this level. */
  find(qualifier: readonly string[]): Source | undefined {
    const name = qualifier.at(-1) ?? '';
    const schema = qualifier.at(-2);
    return this.list.find((source) => {
      if (!this.same(source.name, name)) return false;
      return schema === undefined || schema === '' || (source.schema !== undefined && this.same(source.schema, schema));
    });
  }

  /** Throws 207 (no such column), 209 (more than one), 4104 (no such source). */
  resolve(path: readonly string[]): Value {
    const found = this.lookUp(path);
    if (found !== undefined) return found;
    if (path.length === 1) throw invalidColumn(path[0] ?? '');
    const known = this.isKnown(path.slice(0, -1));
    if (known) throw invalidColumn(path.at(-1) ?? '');
    throw new SqlServerError(4104, `The multi-part identifier "${path.join('.')}" could not be bound.`);
  }

  private isKnown(qualifier: readonly string[]): boolean {
    return this.find(qualifier) !== undefined || (this.parent?.isKnown(qualifier) ?? false);
  }

  /** The column at this level or, if there is none, outside. */
  private lookUp(path: readonly string[]): Value | undefined {
    const name = path.at(-1) ?? '';
    const qualifier = path.slice(0, -1);
    const owner = qualifier.length > 0 ? this.find(qualifier) : undefined;
    if (qualifier.length > 0 && owner === undefined) return this.parent?.lookUp(path);
    const candidates = owner === undefined ? this.list : [owner];
    const matches = candidates.flatMap((source) => {
      const column = source.columns.find((candidate) => this.same(candidate.name, name));
      return column === undefined ? [] : [{ source, column }];
    });
    const [match, ...others] = matches;
    if (match === undefined) return owner === undefined ? this.parent?.lookUp(path) : undefined;
    if (others.length > 0) throw new SqlServerError(209, `Ambiguous column name '${name}'.`);
    return this.valueOf(match.source, match.column);
  }

  valueOf(source: Source, column: SourceColumn): Value {
    this.onUse(source);
    return {
      sql: column.sql ?? `${source.alias}.${quoteName(column.name)}`,
      type: column.type,
      collation: column.collation,
      nullable: column.nullable || source.nullable,
      origin: column.origin ?? (source.table === undefined ? undefined : { table: source.table, column: column.name }),
    };
  }

  private same(one: string, other: string): boolean {
    return sameName(this.catalog, one, other);
  }

  private sameSchema(one: string | undefined, other: string | undefined): boolean {
    return one === undefined || other === undefined ? one === other : this.same(one, other);
  }
}

export function invalidColumn(name: string): SqlServerError {
  return new SqlServerError(207, `Invalid column name '${name}'.`);
}
