-- Certificates of what was bought are looked for again: a base's tablet may have been offline when its goods were sold.
ALTER TABLE "purchases" ADD COLUMN "collect_due_at" timestamp (3) with time zone;
--> statement-breakpoint
CREATE INDEX purchases_collect_again ON purchases (collect_due_at) WHERE state = 'accepted' AND collect_due_at IS NOT NULL;
