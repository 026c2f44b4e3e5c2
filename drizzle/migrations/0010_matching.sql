ALTER TABLE "certificate_drafts" ADD COLUMN "promise_basis" text DEFAULT '' NOT NULL;
--> statement-breakpoint
ALTER TABLE "commodities" ADD COLUMN "initials" text DEFAULT '' NOT NULL;
--> statement-breakpoint
CREATE TABLE "unmapped_names" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"state" text NOT NULL,
	"commodity" integer,
	"reason" text,
	"decided_by" text,
	"decided_at" timestamp (3) with time zone,
	"first_seen_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "unmapped_names_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE INDEX unmapped_names_open ON unmapped_names (first_seen_at) WHERE state = 'open';
--> statement-breakpoint
CREATE TABLE "unmapped_mentions" (
	"name_id" uuid NOT NULL,
	"mention_id" uuid NOT NULL,
	"said" text NOT NULL,
	"site_id" uuid NOT NULL,
	"merchant_id" uuid NOT NULL,
	"source" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "unmapped_mentions_name_id_mention_id_pk" PRIMARY KEY("name_id","mention_id")
);
--> statement-breakpoint
CREATE TABLE "binding_proposals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"site_id" uuid NOT NULL,
	"seller_merchant_id" uuid NOT NULL,
	"pseudonym" "bytea" NOT NULL,
	"purchases" integer NOT NULL,
	"days" integer NOT NULL,
	"least_grams" bigint NOT NULL,
	"commodities" integer NOT NULL,
	"last_day" date NOT NULL,
	"state" text NOT NULL,
	"proposed_at" timestamp (3) with time zone NOT NULL,
	"decided_by" text,
	"decided_at" timestamp (3) with time zone,
	"note" text,
	CONSTRAINT "binding_proposals_once" UNIQUE("seller_merchant_id","pseudonym")
);
--> statement-breakpoint
CREATE INDEX binding_proposals_by_site ON binding_proposals (site_id, proposed_at DESC);
