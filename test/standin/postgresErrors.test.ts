import { strict as assert } from 'node:assert';
import { PostgresFixture } from './postgresFixture';

describe("PostgreSQL's errors, as SQL Server numbers them", () => {
  let shop: PostgresFixture;
  before(async () => {
    shop = await PostgresFixture.start();
    await shop.run(`
      CREATE TABLE dbo."Shops" ("ID" integer CONSTRAINT "PK_Shops" PRIMARY KEY);
      CREATE TABLE dbo."Products" (
        "ID" integer CONSTRAINT "PK_Products" PRIMARY KEY, "Code" bpchar CONSTRAINT "UQ_Code" UNIQUE, "Name" bpchar NOT NULL, "Price" numeric(4, 2) CONSTRAINT "CK_Price" CHECK ("Price" >= 0),
        "Shop" integer CONSTRAINT "FK_Shop" REFERENCES dbo."Shops", "Flag" integer, "Double" integer GENERATED ALWAYS AS ("Flag" * 2) STORED);
      CREATE UNIQUE INDEX "Products.IX_Flag" ON dbo."Products" ("Flag") NULLS NOT DISTINCT WHERE "Flag" > 0;
      SELECT sys.declare_index('dbo', 'Products', 'Products.IX_Flag', 'IX_Flag');
      CREATE SEQUENCE dbo."Few" MAXVALUE 2;
      INSERT INTO dbo."Shops" VALUES (1);
      INSERT INTO dbo."Products" ("ID", "Code", "Name", "Shop", "Flag") VALUES (1, 'a', 'Cola', 1, 7), (2, 'b', 'Cola', 1, -1)`);
  });
  after(() => shop.stop());

  const fails = (sql: string, number: number, message: string, severity?: number): void => {
    it(`${number}: ${sql}`, async () => {
      const error = await shop.error(sql);
      assert.deepEqual([error.number, error.message], [number, message]);
      if (severity !== undefined) assert.equal(error.severity, severity);
    });
  };

  fails('SELEC 1', 102, "Incorrect syntax near 'SELEC'.", 15);
  fails('SELECT 1 FROM "dbo"."Nowhere"', 208, "Invalid object name 'dbo.Nowhere'.");
  fails('SELECT "Nope" FROM dbo."Products"', 207, "Invalid column name 'Nope'.");
  fails('SELECT p."Nope" FROM dbo."Products" AS p', 207, "Invalid column name 'Nope'.");
  fails('INSERT INTO dbo."Products" ("Nope") VALUES (1)', 207, "Invalid column name 'Nope'.");
  fails('SELECT "ID" FROM dbo."Products" AS a, dbo."Shops" AS b', 209, "Ambiguous column name 'ID'.");
  fails('SELECT sys.nope(1)', 195, "'nope' is not a recognized built-in function name.", 15);
  fails(
    'SELECT sys.convert_uniqueidentifier(5)',
    529,
    'Explicit conversion from data type int to uniqueidentifier is not allowed.',
  );
  fails('SELECT 1 + gen_random_uuid()', 206, 'Operand type clash: int is incompatible with uniqueidentifier');
  fails(
    'INSERT INTO dbo."Products" ("ID", "Name") VALUES (1, \'x\')',
    2627,
    "Violation of PRIMARY KEY constraint 'PK_Products'. Cannot insert duplicate key in object 'dbo.Products'. The duplicate key value is (1).",
    14,
  );
  fails(
    'INSERT INTO dbo."Products" ("ID", "Name", "Code") VALUES (3, \'x\', \'a\')',
    2627,
    "Violation of UNIQUE KEY constraint 'UQ_Code'. Cannot insert duplicate key in object 'dbo.Products'. The duplicate key value is (a).",
    14,
  );
  fails(
    'INSERT INTO dbo."Products" ("ID", "Name", "Flag") VALUES (3, \'x\', 7)',
    2601,
    "Cannot insert duplicate key row in object 'dbo.Products' with unique index 'IX_Flag'. The duplicate key value is (7).",
    14,
  );
  fails(
    'CREATE UNIQUE INDEX "IX" ON dbo."Products" ("Name")',
    1505,
    "The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name 'dbo.Products' and the index name 'IX'. The duplicate key value is (Cola).",
  );
  fails(
    'INSERT INTO dbo."Products" ("ID") VALUES (3)',
    515,
    "Cannot insert the value NULL into column 'Name', table 'Shop.dbo.Products'; column does not allow nulls. INSERT fails.",
  );
  fails(
    'INSERT INTO dbo."Products" ("ID", "Name", "Shop") VALUES (3, \'x\', 9)',
    547,
    'The INSERT statement conflicted with the FOREIGN KEY constraint "FK_Shop". The conflict occurred in database "Shop", table "dbo.Shops", column \'Shop\'.',
  );
  fails(
    'DELETE FROM dbo."Shops"',
    547,
    'The DELETE statement conflicted with the REFERENCE constraint "FK_Shop". The conflict occurred in database "Shop", table "dbo.Products", column \'Shop\'.',
  );
  fails(
    'INSERT INTO dbo."Products" ("ID", "Name", "Price") VALUES (3, \'x\', -1)',
    547,
    'The INSERT statement conflicted with the CHECK constraint "CK_Price". The conflict occurred in database "Shop", table "dbo.Products", column \'Price\'.',
  );
  fails(
    'INSERT INTO dbo."Products" ("ID", "Name", "Price") VALUES (3, \'x\', 1000)',
    8115,
    'Arithmetic overflow error converting expression to data type numeric.',
  );
  fails(
    'UPDATE dbo."Products" SET "Double" = 1',
    271,
    'The column "Double" cannot be modified because it is either a computed column or is the result of a UNION operator.',
  );
  fails(
    'SELECT (SELECT "ID" FROM dbo."Products")',
    512,
    'Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.',
  );
  fails(
    'SELECT "Name", count(*) FROM dbo."Products"',
    8120,
    "Column 'Products.Name' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.",
  );
  fails(
    'CREATE TABLE dbo."Products" (a integer)',
    2714,
    "There is already an object named 'Products' in the database.",
  );
  fails('CREATE SCHEMA dbo', 2714, "There is already an object named 'dbo' in the database.");
  fails(
    'ALTER TABLE dbo."Products" ADD "Name" bpchar',
    2705,
    "Column names in each table must be unique. Column name 'Name' in table 'Products' is specified more than once.",
  );
  fails(
    'ALTER TABLE dbo."Products" ADD PRIMARY KEY ("Code")',
    1779,
    "Table 'Products' already has a primary key defined on it.",
  );
  fails(
    'CREATE TABLE nowhere.t (a integer)',
    2760,
    'The specified schema name "nowhere" either does not exist or you do not have permission to use it.',
  );
  fails('CREATE TABLE dbo.t (a nonsense)', 2715, 'Column, parameter, or variable #1: Cannot find data type nonsense.');
  fails(
    'DROP TABLE dbo."Shops"',
    3726,
    "Could not drop object 'dbo.Shops' because it is referenced by a FOREIGN KEY constraint.",
  );
  fails(
    "SELECT sys.next_value('dbo', 'Few') FROM generate_series(1, 3)",
    11728,
    "The sequence object 'Few' has reached its minimum or maximum value. Restart the sequence object to allow new values to be generated.",
  );
  fails(
    "SELECT set_config('sys.rowcount', '5', true), sys.next_value('dbo', 'Few')",
    11740,
    'NEXT VALUE FOR function cannot be used in a statement if ROWCOUNT option has been set, or the query contains TOP or OFFSET.',
    15,
  );
  fails("SELECT sys.raise(50001, 'stop', 11, 7)", 50001, 'stop', 11);

  it('1222: a row that another transaction has locked', async () => {
    const other = await shop.another();
    await shop.run('BEGIN; UPDATE dbo."Shops" SET "ID" = 1');
    try {
      const error = await shop.error(`SET lock_timeout = '10ms'; UPDATE dbo."Shops" SET "ID" = 1`, other);
      assert.deepEqual([error.number, error.message], [1222, 'Lock request time out period exceeded.']);
    } finally {
      await shop.run('ROLLBACK');
    }
  });
});
