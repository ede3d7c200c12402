-- A login for shopMaster that can do what syncing, uploading and verifying take, and nothing else.
--
-- When: after Configure, which creates dbo.ChangeLog (for a login that can configure: least-privilege-configure.sql).
-- Where: in the shop's database, with a login that may create logins and users.
-- Before: put in a password of your own, and your names instead of dbo.Products and dbo, which stands before ChangeLog.

CREATE LOGIN shopmaster_sync WITH PASSWORD = N'<a password of your own>';
CREATE USER shopmaster_sync FOR LOGIN shopmaster_sync;

-- Reads products. It never writes one.
GRANT SELECT ON dbo.Products TO shopmaster_sync;
-- Sees whether the triggers are there and as they should be. Without this shopMaster syncs, but can't tell.
GRANT VIEW DEFINITION ON dbo.Products TO shopmaster_sync;
-- Reads changes, deletes those that Digible has confirmed, and marks what is gone from the table as deleted.
GRANT SELECT, UPDATE, DELETE ON dbo.ChangeLog TO shopmaster_sync;
-- Verify puts the differences that it finds here, if it is told to (--queue). Leave it out where nobody uses that.
GRANT INSERT ON dbo.ChangeLog TO shopmaster_sync;

-- The right to send is an application lock, which every user of the database may take: no right is needed.
-- To take everything back: DROP USER shopmaster_sync; DROP LOGIN shopmaster_sync;
