/** NEXT VALUE FOR. */

export const sequencesSql = String.raw`
CREATE FUNCTION sys.next_value(schema_ text, sequence_ text) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF sys.session_setting('sys.rowcount') NOT IN ('', '0') THEN
    PERFORM sys.raise(11740, 'NEXT VALUE FOR function cannot be used in a statement if ROWCOUNT option has been set, or the query contains TOP or OFFSET.', 15);
  END IF;
  RETURN nextval(format('%I.%I', schema_, sequence_)::regclass);
EXCEPTION
  WHEN sequence_generator_limit_exceeded THEN
    PERFORM sys.raise(11728, 'The sequence object ''' || sequence_
      || ''' has reached its minimum or maximum value. Restart the sequence object to allow new values to be generated.');
END $$;
`;
