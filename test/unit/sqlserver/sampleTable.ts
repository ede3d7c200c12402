/** PRODUCT.md's product table as the catalog of SQL Server tells it. */
import type { ColumnType } from '../../../src/sync/sqlserver/columnTypes';
import type { ProductColumn, ProductTableInfo } from '../../../src/sync/sqlserver/productTableInfo';
import type { Row } from '../../../src/sync/sqlserver/statements';

export function typeOf(name: string, rest: Partial<ColumnType> = {}): ColumnType {
  const collation = name.includes('char') ? 'SQL_Latin1_General_CP1_CI_AS' : null;
  return { name, maxLength: 4, precision: 18, scale: 2, collation, ...rest };
}

function column(name: string, type: ColumnType, nullable = true): ProductColumn {
  return { name, type, nullable };
}

export const products: ProductTableInfo = {
  database: 'Shop',
  schema: 'dbo',
  table: 'Products',
  qualifiedName: '[dbo].[Products]',
  displayName: 'dbo.Products',
  objectId: 100,
  ownerId: 1,
  columns: {
    ProductID: column('ProductID', typeOf('varchar', { maxLength: 25 }), false),
    ProductName: column('ProductName', typeOf('nvarchar', { maxLength: 150 })),
    SellPrice: column('SellPrice', typeOf('numeric')),
    QrCode: column('QrCode', typeOf('varchar', { maxLength: 100 })),
    Status: column('Status', typeOf('int')),
  },
  keyIsUnique: true,
};

/** A column's row of sys.columns, with its base type and role. */
export function columnRow({ name, type, nullable }: ProductColumn, more: Row = {}): Row {
  return {
    column_role: name,
    name,
    base_type: type.name,
    max_length: type.maxLength,
    precision: type.precision,
    scale: type.scale,
    collation_name: type.collation,
    is_nullable: nullable,
    is_computed: false,
    is_persisted: null,
    ...more,
  };
}

export const columnRows: readonly Row[] = Object.values(products.columns).map((each) => columnRow(each));
