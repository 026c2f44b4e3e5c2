-- Taken whole at first: a gateway of before that has read goods, and goes on to write some, does so before it and not in a
-- ring with it.
LOCK TABLE pile_events IN ACCESS EXCLUSIVE MODE;
--> statement-breakpoint
-- Where a pile's goods went, of all days together: a recall asks it once a pile and not once a pile and day.
CREATE TABLE "pile_purchases" (
	"upstream_pile_id" bytea NOT NULL,
	"left_at" timestamp (3) with time zone NOT NULL,
	"pile_id" bytea NOT NULL,
	"effective_at" timestamp (3) with time zone NOT NULL,
	"record_id" bytea NOT NULL,
	"line" smallint NOT NULL,
	"upstream_record_id" bytea NOT NULL,
	"upstream_line" smallint NOT NULL,
	CONSTRAINT "pile_purchases_pk" PRIMARY KEY("upstream_pile_id","left_at","pile_id","effective_at","record_id","line")
);
--> statement-breakpoint
-- It says what pile_events say, whoever writes them.
CREATE FUNCTION note_pile_purchase() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO pile_purchases VALUES (NEW.upstream_pile_id, NEW.left_at, NEW.pile_id, NEW.effective_at, NEW.record_id,
      NEW.line, NEW.upstream_record_id, coalesce(NEW.upstream_line, 0)) ON CONFLICT DO NOTHING;
  ELSE
    DELETE FROM pile_purchases WHERE upstream_pile_id = OLD.upstream_pile_id AND left_at = OLD.left_at
      AND pile_id = OLD.pile_id AND effective_at = OLD.effective_at AND record_id = OLD.record_id AND line = OLD.line;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER pile_purchase_stored AFTER INSERT ON pile_events FOR EACH ROW WHEN (NEW.source = 'purchase')
  EXECUTE FUNCTION note_pile_purchase();
--> statement-breakpoint
CREATE TRIGGER pile_purchase_gone AFTER DELETE ON pile_events FOR EACH ROW WHEN (OLD.source = 'purchase')
  EXECUTE FUNCTION note_pile_purchase();
--> statement-breakpoint
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
        -- What triggers keep of them stays as it is: they are the same rows.
        EXECUTE format('ALTER TABLE %I DISABLE TRIGGER USER', parent || '_default');
        EXECUTE format('WITH strays AS (DELETE FROM %I WHERE day = %L RETURNING *) INSERT INTO %I SELECT * FROM strays',
          parent || '_default', d, child);
        EXECUTE format('ALTER TABLE %I ENABLE TRIGGER USER', parent || '_default');
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
INSERT INTO pile_purchases SELECT upstream_pile_id, left_at, pile_id, effective_at, record_id, line, upstream_record_id,
  coalesce(upstream_line, 0) FROM pile_events WHERE source = 'purchase' ON CONFLICT DO NOTHING;
--> statement-breakpoint
DROP INDEX pile_events_bought_from;
