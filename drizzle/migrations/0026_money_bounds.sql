-- A caller's refund id names one refund for ever: its record's id is made of it. `refunds` is partitioned by day and
-- cannot say so by itself.
CREATE TABLE "refund_ids" (
	"id" uuid PRIMARY KEY NOT NULL,
	"terminal_id" bigint NOT NULL,
	"counter" bigint NOT NULL,
	"sale_day" date NOT NULL
);
--> statement-breakpoint
INSERT INTO refund_ids (id, terminal_id, counter, sale_day)
	SELECT id, terminal_id, counter, sale_day FROM refunds ON CONFLICT DO NOTHING;
--> statement-breakpoint
-- What became of each payee's bill of a day: one that is missing holds back no other.
CREATE TABLE "payee_bills" (
	"platform" text NOT NULL,
	"day" date NOT NULL,
	"account" text NOT NULL,
	"direct_account" text NOT NULL,
	"state" text NOT NULL,
	"cause" text,
	"matched" integer NOT NULL,
	"paid_fen" bigint NOT NULL,
	"refunded_fen" bigint NOT NULL,
	"fees_fen" bigint NOT NULL,
	"tries" integer NOT NULL,
	"tried_at" timestamp (3) with time zone NOT NULL,
	"alarmed_at" timestamp (3) with time zone,
	CONSTRAINT "payee_bills_platform_day_account_direct_account_pk" PRIMARY KEY("platform","day","account","direct_account")
);
--> statement-breakpoint
-- When to try again to make the record of what is paid or given back, after it could not be made.
ALTER TABLE "sales" ADD COLUMN "record_try_at" timestamp (3) with time zone;
--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "record_try_at" timestamp (3) with time zone;
--> statement-breakpoint
CREATE INDEX refunds_awaiting_record ON refunds (succeeded_at)
	WHERE state = 'succeeded' AND reason = 'seller' AND record_id IS NULL;
--> statement-breakpoint
CREATE INDEX attempts_unbilled ON attempts (platform, succeeded_at) WHERE state = 'succeeded' AND billed_day IS NULL;
--> statement-breakpoint
CREATE INDEX refunds_unbilled ON refunds (platform, succeeded_at) WHERE state = 'succeeded' AND billed_day IS NULL;
