/** How the prelude raises SQL Server's errors: SQLSTATE MS000, the number in DETAIL, severity and state in HINT where they are not 16 and 1. */

export const raisingSql = String.raw`
CREATE FUNCTION sys.raise(number integer, message text, severity integer DEFAULT 16, state integer DEFAULT 1) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'MS000', MESSAGE = message, DETAIL = number::text,
    HINT = CASE WHEN severity = 16 AND state = 1 THEN '' ELSE severity || ' ' || state END;
END $$;

-- The same where a value of sample's type is expected; %s in the message stands for the culprit. Immutable, so that what calls it can be
-- inlined; the culprit comes from the row, so that nothing is raised while planning.
CREATE FUNCTION sys.raise_as(sample anyelement, number integer, message text, culprit text) RETURNS anyelement
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'MS000', MESSAGE = pg_catalog.replace(message, '%s', coalesce(culprit, '')), DETAIL = number::text;
END $$;
`;
