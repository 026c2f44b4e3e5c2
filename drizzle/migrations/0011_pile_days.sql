-- How often what was true of a pile since an instant was revised: what is remembered of before still counts.
CREATE TABLE "pile_revisions" (
	"pile_id" "bytea" NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"revisions" bigint NOT NULL,
	"shortfalls" bigint NOT NULL,
	CONSTRAINT "pile_revisions_pile_id_since_pk" PRIMARY KEY("pile_id","since")
);
--> statement-breakpoint
CREATE TABLE "pile_days" (
	"pile_id" "bytea" NOT NULL,
	"day" date NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"revisions" bigint NOT NULL,
	"shortfalls" bigint NOT NULL,
	"state" jsonb NOT NULL,
	"suppliers" "bytea"[] NOT NULL,
	"supplier_until" timestamp (3) with time zone[] NOT NULL,
	"supplier_revisions" bigint[] NOT NULL,
	CONSTRAINT "pile_days_pile_id_day_pk" PRIMARY KEY("pile_id","day")
);
--> statement-breakpoint
-- Rows without it were remembered by other rules and count no more.
ALTER TABLE "bought_origins" ADD COLUMN "supplier_until" timestamp (3) with time zone[];
--> statement-breakpoint
ALTER TABLE "piles" ADD COLUMN "counted_at" timestamp (3) with time zone;
--> statement-breakpoint
-- Rows are rewritten as often as the piles'.
ALTER TABLE "pile_revisions" SET (fillfactor = 60);
--> statement-breakpoint
DROP TABLE "pile_states";
