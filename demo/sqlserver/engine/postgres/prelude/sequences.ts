/** NEXT VALUE FOR. A sequence that has run out is PostgreSQL's own error 2200H. */

export const sequencesSql = String.raw`
CREATE FUNCTION sys.rowcount_is_set() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM sys.raise(11740, 'NEXT VALUE FOR function cannot be used in a statement if ROWCOUNT option has been set, or the query contains TOP or OFFSET.', 15);
END $$;

-- A string body, so that it is inlined: it numbers every row of an INSERT.
CREATE FUNCTION sys.next_value(schema_ text, sequence_ text) RETURNS bigint LANGUAGE sql VOLATILE AS $$
SELECT CASE
  WHEN coalesce(current_setting('sys.rowcount', true), '') IN ('', '0') THEN nextval(format('%I.%I', schema_, sequence_)::regclass)
  ELSE sys.rowcount_is_set() END
$$;
`;
