CREATE TABLE "recalls" (
	"id" uuid PRIMARY KEY NOT NULL,
	"site_id" uuid NOT NULL,
	"state" text NOT NULL,
	"is_drill" boolean NOT NULL,
	"asked" jsonb NOT NULL,
	"sources" jsonb NOT NULL,
	"set_digest" "bytea" NOT NULL,
	"reason" text NOT NULL,
	"proposed_by" text NOT NULL,
	"approved_by" text,
	"frozen" jsonb,
	"step" integer NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"first_page_at" timestamp (3) with time zone,
	"approved_at" timestamp (3) with time zone,
	"activated_at" timestamp (3) with time zone,
	"stalls_told_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE INDEX recalls_active ON recalls (activated_at) WHERE state = 'active';
--> statement-breakpoint
CREATE TABLE "recall_steps" (
	"recall_id" uuid NOT NULL,
	"step" integer NOT NULL,
	"action" text NOT NULL,
	"actor_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"record_id" "bytea" NOT NULL,
	"scope_digest" "bytea",
	CONSTRAINT "recall_steps_recall_id_step_pk" PRIMARY KEY("recall_id","step")
);
--> statement-breakpoint
CREATE TABLE "recall_piles" (
	"recall_id" uuid NOT NULL,
	"pile_id" "bytea" NOT NULL,
	"site_id" uuid NOT NULL,
	"merchant_id" uuid NOT NULL,
	"commodity" integer NOT NULL,
	"lot_id" uuid,
	"sales" integer NOT NULL,
	"may_grams" bigint NOT NULL,
	"expected_grams" bigint NOT NULL,
	"stock_may_grams" bigint NOT NULL,
	CONSTRAINT "recall_piles_recall_id_pile_id_pk" PRIMARY KEY("recall_id","pile_id")
);
--> statement-breakpoint
CREATE INDEX recall_piles_by_merchant ON recall_piles (merchant_id);
--> statement-breakpoint
CREATE TABLE "stall_holds" (
	"merchant_id" uuid PRIMARY KEY NOT NULL,
	"version" integer NOT NULL,
	"holds" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "recall_notices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"recall_id" uuid NOT NULL,
	"buyer_id" uuid NOT NULL,
	"state" text NOT NULL,
	"sale_record_id" "bytea" NOT NULL,
	"sale_day" date NOT NULL,
	"platform_message_id" text,
	"failure_code" text,
	"tries" integer NOT NULL,
	"next_try_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"read_at" timestamp (3) with time zone,
	CONSTRAINT "recall_notices_once" UNIQUE("recall_id","buyer_id")
);
--> statement-breakpoint
CREATE INDEX recall_notices_due ON recall_notices (next_try_at) WHERE next_try_at IS NOT NULL;
--> statement-breakpoint
CREATE INDEX recall_notices_by_buyer ON recall_notices (buyer_id, created_at DESC);
--> statement-breakpoint
CREATE TABLE "message_consents" (
	"id" uuid PRIMARY KEY NOT NULL,
	"buyer_id" uuid NOT NULL,
	"given_at" timestamp (3) with time zone NOT NULL,
	"used_by" uuid
);
--> statement-breakpoint
CREATE INDEX message_consents_unused ON message_consents (buyer_id, given_at) WHERE used_by IS NULL;
--> statement-breakpoint
-- Where a pile's goods went: purchases from it, since a time. One row a trade between merchants.
CREATE INDEX pile_events_bought_from ON pile_events (upstream_pile_id, effective_at) WHERE source = 'purchase';
--> statement-breakpoint
CREATE INDEX lots_by_site ON lots (site_id, harvested_at);
--> statement-breakpoint
CREATE INDEX lots_by_region ON lots (region_code, harvested_at);
