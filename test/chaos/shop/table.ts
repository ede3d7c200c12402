/** The shop's product table, in which more can be missing than Digible takes. */
import { openShopConnection } from '../../../demo/scenario/shop';

type Connection = Parameters<typeof openShopConnection>[0];

export async function createTable(connection: Connection, products: number): Promise<void> {
  const master = await openShopConnection(connection, 'master');
  try {
    await master.request().batch(`CREATE DATABASE [${connection.database}]`);
  } finally {
    await master.close();
  }
  const pool = await openShopConnection(connection, connection.database);
  try {
    await pool.request().batch(`
      CREATE TABLE dbo.Products (
        ProductID VARCHAR(25) NOT NULL CONSTRAINT PK_Products PRIMARY KEY,
        ProductName NVARCHAR(75) NULL,
        SellPrice NUMERIC(18,2) NULL,
        QrCode VARCHAR(100) NULL,
        Status INT NULL,
        Shelf VARCHAR(10) NULL
      )`);
    const rows = Array.from(
      { length: products },
      (_, index) => `('${productId('P', index + 1)}', N'No. ${index + 1}', ${index + 1}.50, NULL, 1)`,
    );
    await pool.request().batch(insertProducts(rows));
  } finally {
    await pool.close();
  }
}

/** `P000001`. */
export function productId(prefix: string, number: number): string {
  return `${prefix}${String(number).padStart(6, '0')}`;
}

export function insertProducts(rows: readonly string[]): string {
  return `INSERT INTO dbo.Products (ProductID, ProductName, SellPrice, QrCode, Status) VALUES ${rows.join(', ')}`;
}
