-- Sales whose seller said that they are of a recalled lot, beyond what the books had of it.
ALTER TABLE "recall_piles" ADD COLUMN "claimed_sales" integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE "recall_piles" ADD COLUMN "claimed_grams" bigint DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE "recall_notices" ADD COLUMN "is_claimed" boolean DEFAULT false NOT NULL;
