/** The shop's products by number, and T-SQL that makes them on the server: a million need not travel. */

/** `P0000001`. */
export function productId(number: number): string {
  return `P${String(number).padStart(7, '0')}`;
}

export const productTable = `CREATE TABLE dbo.Products (
  ProductID VARCHAR(25) NOT NULL CONSTRAINT PK_Products PRIMARY KEY,
  ProductName VARCHAR(75) NULL,
  SellPrice NUMERIC(18,2) NULL,
  QrCode VARCHAR(100) NULL,
  Status INT NULL
)`;

const digit = '(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))';

/** One INSERT of the products `first` … `first + count - 1`. */
export function insertProducts(first: number, count: number): string {
  const places = Array.from({ length: Math.max(1, String(count - 1).length) }, (_, place) => `d${place}`);
  const sum = places.map((alias, place) => `${alias}.v * ${10 ** place}`).join(' + ');
  const digits = places.map((alias) => `${digit} AS ${alias} (v)`).join(' CROSS JOIN ');
  return `INSERT INTO dbo.Products (ProductID, ProductName, SellPrice, QrCode, Status)
SELECT 'P' + RIGHT('0000000' + CONVERT(VARCHAR(10), s.n), 7), 'Product No. ' + CONVERT(VARCHAR(10), s.n),
  (s.n % 9000) / 100.0, 'qr-' + CONVERT(VARCHAR(10), s.n), 1
FROM (SELECT ${first} + ${sum} AS n FROM ${digits}) AS s
WHERE s.n < ${first + count}`;
}

/** A price change of the first `count` products. */
export function changePrices(count: number): string {
  return `UPDATE dbo.Products SET SellPrice = SellPrice + 0.05 WHERE ProductID <= '${productId(count)}'`;
}
