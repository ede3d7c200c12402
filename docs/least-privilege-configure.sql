-- A login that can do what Configure, Repair and Remove from Database take. It can do much in the schema (ALTER on it), so use it once,
-- then sync with that of least-privilege.sql, and take this one away.
--
-- Where: in the shop's database, with a login that may create logins and users.
-- Before: put in a password of your own, and your names instead of dbo.Products and dbo, the schema that it lies in.

CREATE LOGIN shopmaster_configure WITH PASSWORD = N'<a password of your own>';
CREATE USER shopmaster_configure FOR LOGIN shopmaster_configure;

-- The triggers on the product table; SELECT looks for products without a ProductID, or with the same one.
GRANT SELECT, ALTER ON dbo.Products TO shopmaster_configure;
-- ChangeLog and the sequence that numbers its rows.
GRANT CREATE TABLE TO shopmaster_configure;
GRANT ALTER, CREATE SEQUENCE, REFERENCES ON SCHEMA::dbo TO shopmaster_configure;

-- To take everything back: DROP USER shopmaster_configure; DROP LOGIN shopmaster_configure;
