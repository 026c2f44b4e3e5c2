-- When each platform was last asked for a day's bill, and what became of it: shown while a day waits for its bill.
CREATE TABLE "bill_readings" (
	"platform" text NOT NULL,
	"day" date NOT NULL,
	"state" text NOT NULL,
	"cause" text,
	"tries" integer NOT NULL,
	"tried_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "bill_readings_platform_day_pk" PRIMARY KEY("platform","day")
);
--> statement-breakpoint
INSERT INTO bill_readings SELECT platform, day, 'reconciled', NULL, 1, reconciled_at FROM reconciliations;
--> statement-breakpoint
-- What of an item was shown to whoever repaired it: the same again after a lost answer is the same repair.
ALTER TABLE "reconciliation_items" ADD COLUMN "shown" text;
--> statement-breakpoint
CREATE INDEX reconciliation_items_of_day ON reconciliation_items (platform, day, id);
--> statement-breakpoint
-- A merchant's daily statement reads what succeeded between two instants.
CREATE INDEX attempts_succeeded ON attempts (merchant_id, succeeded_at) WHERE state = 'succeeded';
--> statement-breakpoint
CREATE INDEX refunds_succeeded ON refunds (merchant_id, succeeded_at) WHERE state = 'succeeded';
--> statement-breakpoint
CREATE INDEX sales_in_cash ON sales (merchant_id, settled_at) WHERE paid_by = 'cash';
