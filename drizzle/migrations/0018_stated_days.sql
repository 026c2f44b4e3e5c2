CREATE TABLE "stated_days" (
	"pile_id" "bytea" NOT NULL,
	"business_day" date NOT NULL,
	"last_at" timestamp (3) with time zone NOT NULL,
	"revisions" bigint NOT NULL,
	"suppliers" "bytea"[],
	"supplier_until" timestamp (3) with time zone[],
	"supplier_revisions" bigint[],
	CONSTRAINT "stated_days_pile_id_business_day_pk" PRIMARY KEY("pile_id","business_day")
);
