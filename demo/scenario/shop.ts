/** The shop's side of the demo: a database, a product table, and a point-of-sale program that works on it. */
import mssql from 'mssql';
import type { World } from './world';

type Connection = World['connection'];

const goods = [
  'Apple',
  'Bread',
  'Butter',
  'Candle',
  'Cheese',
  'Coffee',
  'Cola',
  'Flour',
  'Honey',
  'Käse',
  'Milk',
  'Noodles',
];
const rowsPerInsert = 500;

export async function openShopConnection(connection: Connection, database: string): Promise<mssql.ConnectionPool> {
  const [server = '', port = ''] = connection.server.split(',');
  const pool = new mssql.ConnectionPool({
    server,
    port: Number(port),
    database,
    user: connection.username,
    password: connection.password,
    options: {
      encrypt: true,
      trustServerCertificate: true,
      // TLS has no server names that are addresses, and Node warns of them.
      serverName: 'localhost',
      appName: 'point of sale',
    },
    pool: { min: 0, max: 1 },
  });
  pool.on('error', () => undefined);
  return pool.connect();
}

export async function createShop(connection: Connection, products: number): Promise<void> {
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
        ProductName NVARCHAR(75) NOT NULL,
        SellPrice NUMERIC(18,2) NOT NULL,
        QrCode VARCHAR(100) NULL,
        Status INT NULL
      )`);
    for (let first = 1; first <= products; first += rowsPerInsert) {
      const count = Math.min(rowsPerInsert, products - first + 1);
      const rows = Array.from({ length: count }, (_, index) => productRow(first + index));
      await pool.request().batch(insertProducts(rows));
    }
  } finally {
    await pool.close();
  }
}

/** `P000001`. */
export function productId(number: number): string {
  return `P${String(number).padStart(6, '0')}`;
}

export function productName(number: number): string {
  return `${goods[number % goods.length] ?? ''} No. ${number}`;
}

export function productRow(number: number): string {
  const price = `${number % 90}.${String((number * 7) % 100).padStart(2, '0')}`;
  return `('${productId(number)}', N'${productName(number)}', ${price}, 'qr-${number}', 1)`;
}

export function insertProducts(rows: readonly string[]): string {
  return `INSERT INTO dbo.Products (ProductID, ProductName, SellPrice, QrCode, Status) VALUES ${rows.join(', ')}`;
}
