-- What the chain's registries say, read from there: a terminal's key is given to buyers only where both are the same.
ALTER TABLE "terminals" ADD COLUMN "registered_key" "bytea";
--> statement-breakpoint
ALTER TABLE "terminals" ADD COLUMN "registry_read_at" timestamp (3) with time zone;
--> statement-breakpoint
UPDATE "terminals" SET "registered_key" = "public_key" WHERE "registered_tx" IS NOT NULL;
--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "registered_sealing_key" "bytea";
