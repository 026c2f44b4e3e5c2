-- Makes the day partitions of one table; safe to repeat. Each table in its own transaction: making a partition locks its
-- table, and a query over several of them must never wait for one while it holds another that is still to come.
CREATE FUNCTION ensure_day_partitions_of(parent text, from_day date, to_day date) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  d date := from_day; made integer := 0; child text; has_strays boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ensure_day_partitions'));
  IF to_regclass(parent || '_default') IS NULL THEN
    EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', parent || '_default', parent);
  END IF;
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
--> statement-breakpoint
-- Every table that is partitioned by day, whichever those are by now.
CREATE FUNCTION day_partitioned_tables() RETURNS SETOF text LANGUAGE sql STABLE AS $$
  SELECT relname::text FROM pg_partitioned_table JOIN pg_class ON oid = partrelid
  WHERE partstrat = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
$$;
--> statement-breakpoint
-- All of them at once: for whoever is alone with the database.
CREATE OR REPLACE FUNCTION ensure_day_partitions(from_day date, to_day date) RETURNS integer LANGUAGE sql AS $$
  SELECT coalesce(sum(ensure_day_partitions_of(parent, from_day, to_day)), 0)::integer FROM day_partitioned_tables() AS parent
$$;
