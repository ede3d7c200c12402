/** The product table of an old point-of-sale program, and what else it has. */

/** Numbered by a column of its own; no two products have one key. */
export const numberedProducts = `CREATE TABLE dbo.Products (
  ID INT IDENTITY(1000,1) NOT NULL CONSTRAINT PK_Products PRIMARY KEY,
  ProductID VARCHAR(25) NOT NULL CONSTRAINT UQ_Products_ProductID UNIQUE,
  ProductName NVARCHAR(75) NULL,
  SellPrice NUMERIC(18,2) NULL CONSTRAINT CK_Products_SellPrice CHECK (SellPrice >= 0),
  QrCode VARCHAR(100) NULL,
  Status INT NULL,
  Stock INT NOT NULL CONSTRAINT DF_Products_Stock DEFAULT 0
)`;

export const shopsOwn: readonly string[] = [
  `CREATE TABLE dbo.Audit (
  AuditID INT IDENTITY(500,7) NOT NULL CONSTRAINT PK_Audit PRIMARY KEY, What NVARCHAR(200) NULL, Touched INT NULL)`,
  `CREATE TABLE dbo.Delivery (ProductID VARCHAR(25) NOT NULL, ProductName NVARCHAR(75) NOT NULL, SellPrice NUMERIC(18,2) NOT NULL)`,
  `INSERT INTO dbo.Delivery (ProductID, ProductName, SellPrice)
SELECT 'D' + CONVERT(VARCHAR(10), 1000 * a.n + 100 * b.n + 10 * c.n + d.n), N'Delivered', a.n + 0.5
FROM (VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)) AS a(n) CROSS JOIN (VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)) AS b(n)
CROSS JOIN (VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)) AS c(n) CROSS JOIN (VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)) AS d(n)`,
];

export const abc: readonly string[] = ["('A', N'cola', 1.50)", "('B', N'beer', 2)", "('C', N'tea', 3)"];

/** `first` to `last` as INSERT … VALUES of one statement. */
export function insertion(first: number, last: number): string {
  const rows = Array.from({ length: last - first + 1 }, (_, index) => `('${first + index}', N'x', ${first + index})`);
  return `INSERT INTO dbo.Products (ProductID, ProductName, SellPrice) VALUES ${rows.join(', ')};`;
}

/** `INSERT 1`, `INSERT 2`, … */
export function logged(type: string, first: number, last: number): readonly string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `${type} ${first + index}`);
}
