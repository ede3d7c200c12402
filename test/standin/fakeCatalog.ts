/** A catalog of a few tables, and translations with it, for tests of the translation alone. */
import type { SqlType } from '../../demo/sqlserver/contract';
import type {
  Catalog,
  CatalogColumn,
  CatalogSequence,
  CatalogTable,
  CatalogTrigger,
  ImageCapture,
  Translation,
  TranslationContext,
} from '../../demo/sqlserver/engine/contract';
import { translate } from '../../demo/sqlserver/engine/translate';

export const COLLATION = 'SQL_Latin1_General_CP1_CI_AS';

const varchar = (length: number, collation = COLLATION): SqlType => ({ name: 'varchar', length, collation });
const nvarchar = (length: number): SqlType => ({ name: 'nvarchar', length, collation: COLLATION });
const INT: SqlType = { name: 'int' };

function column(name: string, type: SqlType, facts: Partial<CatalogColumn> = {}): CatalogColumn {
  return { name, type, nullable: true, identity: false, computed: false, hasDefault: false, ...facts };
}

function table(name: string, objectId: number, columns: readonly CatalogColumn[], facts: Partial<CatalogTable> = {}) {
  return { schema: 'dbo', name, objectId, kind: 'table', columns, triggers: [], ...facts } satisfies CatalogTable;
}

const trigger: CatalogTrigger = {
  schema: 'dbo',
  name: 'trgAfterInsert',
  objectId: 90,
  events: ['INSERT'],
  disabled: false,
  definition: '',
};

/**
 * Products (key ProductID), ChangeLog (identity LogID), Numbered (default from a sequence), Watched (a trigger on INSERT),
 * Binary (Name in a binary collation), and the view sys.tables.
 */
export const TABLES: readonly CatalogTable[] = [
  table(
    'Products',
    1,
    [
      column('ProductID', varchar(25), { nullable: false }),
      column('ProductName', nvarchar(75), { nullable: false }),
      column('SellPrice', { name: 'numeric', precision: 18, scale: 2 }),
      column('QrCode', varchar(100)),
      column('Status', INT),
      column('Active', { name: 'bit' }),
      column('Cost', { name: 'money' }),
      column('Changed', { name: 'datetime' }, { hasDefault: true }),
    ],
    { key: ['ProductID'] },
  ),
  table(
    'ChangeLog',
    2,
    [
      column('LogID', INT, { nullable: false, identity: true }),
      column('ChangeType', nvarchar(10)),
      column('ProductID', varchar(25)),
      column('Name', varchar(10)),
    ],
    { key: ['LogID'] },
  ),
  table('Numbered', 3, [
    column('ID', { name: 'bigint' }, { nullable: false, hasDefault: true, defaultIsSequence: true }),
    column('N', INT),
  ]),
  table('Watched', 4, [column('ID', INT), column('N', INT)], { triggers: [trigger] }),
  table('Binary', 5, [column('Name', varchar(25, 'Latin1_General_BIN2')), column('Twice', INT, { computed: true })]),
  { ...table('tables', 6, [column('name', nvarchar(128))]), schema: 'sys', kind: 'view' },
];

const SEQUENCE: CatalogSequence = { schema: 'dbo', name: 'Numbers', type: { name: 'bigint' } };

export function catalogOf(tables: readonly CatalogTable[] = TABLES): Catalog {
  const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
  return {
    database: 'shop',
    defaultSchema: 'dbo',
    collation: COLLATION,
    caseSensitive: false,
    findTable: (schema, name) => tables.find((known) => same(known.name, name) && same(known.schema, schema ?? 'dbo')),
    findSchema: (name) => ['dbo', 'sys'].find((schema) => same(schema, name)),
    findSequence: (schema, name) => (same(name, SEQUENCE.name) && same(schema ?? 'dbo', 'dbo') ? SEQUENCE : undefined),
  };
}

export function contextOf(facts: Partial<TranslationContext> = {}): TranslationContext {
  return {
    catalog: catalogOf(),
    variables: new Map<string, SqlType>([
      ['@id', INT],
      ['@name', nvarchar(20)],
    ]),
    quotedIdentifier: true,
    readsWait: false,
    rowCountLimit: 0,
    ...facts,
  };
}

export function translated(sql: string, facts: Partial<TranslationContext> = {}, capture?: ImageCapture): Translation {
  return translate(sql, contextOf(facts), capture);
}

/** The PostgreSQL text of a statement that takes one. */
export function sqlOf(sql: string, facts: Partial<TranslationContext> = {}, capture?: ImageCapture): string {
  const { statements } = translated(sql, facts, capture);
  if (statements.length !== 1) throw new Error(`${statements.length} statements`);
  return statements[0]?.sql ?? '';
}
