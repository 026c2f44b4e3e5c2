ALTER TABLE "batches" ADD COLUMN "first_day" date;
--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "last_day" date;
