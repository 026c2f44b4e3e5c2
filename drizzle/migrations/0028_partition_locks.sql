-- A maker takes its table whole before it looks at a row, and the default partition after it, as everybody does who reads.
-- Rows moved first are locked by whoever asks for them next, who holds the table already: each would wait for the other.
CREATE OR REPLACE FUNCTION ensure_day_partitions_of(parent text, from_day date, to_day date) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  d date := from_day; made integer := 0; child text; has_strays boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ensure_day_partitions'));
  -- Of a table that lacks nothing nobody is kept waiting.
  IF to_regclass(parent || '_default') IS NOT NULL AND NOT EXISTS (
    SELECT FROM generate_series(from_day, to_day, interval '1 day') AS wanted
    WHERE to_regclass(parent || '_' || to_char(wanted, 'YYYYMMDD')) IS NULL
  ) THEN
    RETURN 0;
  END IF;
  EXECUTE format('LOCK TABLE ONLY %I IN ACCESS EXCLUSIVE MODE', parent);
  IF to_regclass(parent || '_default') IS NULL THEN
    EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', parent || '_default', parent);
  END IF;
  EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent || '_default');
  WHILE d <= to_day LOOP
    child := parent || '_' || to_char(d, 'YYYYMMDD');
    IF to_regclass(child) IS NULL THEN
      EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE day = %L)', parent || '_default', d) INTO has_strays;
      IF has_strays THEN
        -- Rows that came before their partition: they move into it.
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', child, parent);
        EXECUTE format('WITH strays AS (DELETE FROM %I WHERE day = %L RETURNING *) INSERT INTO %I SELECT * FROM strays',
          parent || '_default', d, child);
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, child, d, d + 1);
      ELSE
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', child, parent, d, d + 1);
      END IF;
      made := made + 1;
    END IF;
    d := d + 1;
  END LOOP;
  RETURN made;
END $$;
