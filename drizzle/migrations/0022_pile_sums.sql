CREATE TABLE "pile_sums" (
	"pile_id" "bytea" NOT NULL,
	"day" date NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"revisions" bigint NOT NULL,
	"events" json NOT NULL,
	"named_pile" "bytea"[] NOT NULL,
	"named_record" "bytea"[] NOT NULL,
	"named_line" smallint[] NOT NULL,
	CONSTRAINT "pile_sums_pile_id_day_pk" PRIMARY KEY("pile_id","day")
);
--> statement-breakpoint
CREATE INDEX "pile_sums_by_day" ON "pile_sums" ("day");
