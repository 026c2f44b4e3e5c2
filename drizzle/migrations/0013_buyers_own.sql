-- Which template a leave is for; and that the platform says it is not there (any more).
ALTER TABLE "message_consents" ADD COLUMN "template_id" text DEFAULT '' NOT NULL;
--> statement-breakpoint
ALTER TABLE "message_consents" ADD COLUMN "void_at" timestamp (3) with time zone;
--> statement-breakpoint
-- One notice uses one leave.
CREATE UNIQUE INDEX message_consents_one_a_notice ON message_consents (used_by) WHERE used_by IS NOT NULL;
--> statement-breakpoint
ALTER TABLE "buyers" ADD COLUMN "forgotten_at" timestamp (3) with time zone;
--> statement-breakpoint
CREATE TABLE "buyer_joins" (
	"id" uuid PRIMARY KEY NOT NULL,
	"offered_by" uuid NOT NULL,
	"claimed_by" uuid,
	"code_hash" "bytea" NOT NULL,
	"state" text NOT NULL,
	"check_digits" text NOT NULL,
	"offered_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"offerer_confirmed_at" timestamp (3) with time zone,
	"claimer_confirmed_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"ended_by" uuid,
	CONSTRAINT "buyer_joins_code_hash_unique" UNIQUE("code_hash")
);
--> statement-breakpoint
CREATE INDEX buyer_joins_offered ON buyer_joins (offered_by) WHERE state <> 'ended';
--> statement-breakpoint
CREATE INDEX buyer_joins_claimed ON buyer_joins (claimed_by) WHERE state <> 'ended';
--> statement-breakpoint
CREATE TABLE "purchase_problems" (
	"id" uuid PRIMARY KEY NOT NULL,
	"buyer_id" uuid,
	"site_id" uuid NOT NULL,
	"merchant_id" uuid NOT NULL,
	"terminal_id" bigint NOT NULL,
	"counter" bigint NOT NULL,
	"day" date NOT NULL,
	"kind" text NOT NULL,
	"said" text NOT NULL,
	"state" text NOT NULL,
	"answer" text,
	"answered_by" text,
	"answered_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "purchase_problems_once" UNIQUE("terminal_id","counter","kind")
);
--> statement-breakpoint
CREATE INDEX purchase_problems_by_site ON purchase_problems (site_id, state, id);
--> statement-breakpoint
CREATE INDEX purchase_problems_by_buyer ON purchase_problems (buyer_id) WHERE buyer_id IS NOT NULL;
--> statement-breakpoint
CREATE TABLE "forgettings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"counts" jsonb NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX buyer_sessions_by_buyer ON buyer_sessions (buyer_id);
--> statement-breakpoint
CREATE INDEX shares_by_buyer ON shares (buyer_id) WHERE buyer_id IS NOT NULL;
--> statement-breakpoint
-- What a merchant bought, the newest first, for its own phone.
CREATE INDEX purchases_by_buyer ON purchases (buyer_merchant_id, effective_at DESC);
