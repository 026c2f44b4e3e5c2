-- Whether the consortium has stopped an organisation, as the chain's registry last said; null: it is not there.
ALTER TABLE "participants" ADD COLUMN "registered_state" text;
--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "registry_read_at" timestamp (3) with time zone;
