CREATE TABLE "alarms" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"day" date NOT NULL,
	"site_id" uuid,
	"merchant_id" uuid,
	"state" text NOT NULL,
	"holds" boolean NOT NULL,
	"evidence" jsonb NOT NULL,
	"version" integer NOT NULL,
	"raised_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL,
	"decided_by" text,
	"decided_at" timestamp (3) with time zone,
	"note" text,
	CONSTRAINT "alarms_once" UNIQUE("kind","subject","day")
);
--> statement-breakpoint
CREATE INDEX alarms_by_site ON alarms (site_id, day);
--> statement-breakpoint
CREATE INDEX alarms_by_state ON alarms (state, id);
--> statement-breakpoint
-- Where a place is, for what cannot have travelled so fast; null: not known.
ALTER TABLE "sites" ADD COLUMN "latitude_microdegrees" integer;
--> statement-breakpoint
ALTER TABLE "sites" ADD COLUMN "longitude_microdegrees" integer;
--> statement-breakpoint
CREATE INDEX piles_by_site ON piles (site_id);
--> statement-breakpoint
CREATE INDEX piles_by_merchant ON piles (merchant_id);
--> statement-breakpoint
-- Waste and refunds: what left a pile by them was not sold. Few beside the sales.
CREATE INDEX records_not_sold ON records (record_id) WHERE kind IN (4, 16);
