ALTER TABLE "piles" ADD COLUMN "last_at" timestamp (3) with time zone;
--> statement-breakpoint
ALTER TABLE "piles" ADD COLUMN "book_grams" bigint DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE "piles" ADD COLUMN "revision" bigint DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE "piles" ADD COLUMN "shortfalls" bigint DEFAULT 0 NOT NULL;
--> statement-breakpoint
-- Rows are rewritten at every sale: room beside them, so that no index has to follow.
ALTER TABLE "piles" SET (fillfactor = 60);
--> statement-breakpoint
UPDATE piles SET last_at = (SELECT max(effective_at) FROM pile_events WHERE pile_id = piles.id);
--> statement-breakpoint
CREATE TABLE "pile_states" (
	"pile_id" "bytea" PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"revision" bigint NOT NULL,
	"state" jsonb NOT NULL,
	"suppliers" "bytea"[] NOT NULL,
	"supplier_revisions" bigint[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bought_origins" (
	"record_id" "bytea" NOT NULL,
	"line" smallint NOT NULL,
	"day" date NOT NULL,
	"pile_id" "bytea" NOT NULL,
	"origins" jsonb,
	"suppliers" "bytea"[],
	"supplier_revisions" bigint[],
	CONSTRAINT "bought_origins_record_id_line_day_pk" PRIMARY KEY("record_id","line","day")
) PARTITION BY RANGE ("day");
--> statement-breakpoint
-- Makes the day partitions of every range-partitioned table; safe to repeat. A row that lands in a default partition is an alarm.
CREATE OR REPLACE FUNCTION ensure_day_partitions(from_day date, to_day date) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  parent text; d date; made integer := 0; child text; has_strays boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ensure_day_partitions'));
  FOREACH parent IN ARRAY ARRAY['sales','sale_lines','attempts','refunds','payment_events','records','pile_events','bought_origins','outbox','audit'] LOOP
    IF to_regclass(parent || '_default') IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', parent || '_default', parent);
    END IF;
    d := from_day;
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
  END LOOP;
  RETURN made;
END $$;
--> statement-breakpoint
SELECT ensure_day_partitions((now() AT TIME ZONE 'UTC')::date - 3, (now() AT TIME ZONE 'UTC')::date + 14);
--> statement-breakpoint
CREATE INDEX bought_origins_due ON bought_origins (record_id) WHERE origins IS NULL;
