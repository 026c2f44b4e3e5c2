ALTER TABLE "inspections" ADD COLUMN "retest_of" uuid;
--> statement-breakpoint
ALTER TABLE "inspections" ADD COLUMN "chain_id" uuid;
--> statement-breakpoint
ALTER TABLE "inspections" ADD COLUMN "superseded_by" uuid;
--> statement-breakpoint
ALTER TABLE "inspections" ADD COLUMN "photo" "bytea";
--> statement-breakpoint
ALTER TABLE "inspections" ADD COLUMN "channel" text;
--> statement-breakpoint
ALTER TABLE "inspections" ADD COLUMN "reviewer_role" text;
--> statement-breakpoint
ALTER TABLE "inspections" ADD COLUMN "entered_by" text;
--> statement-breakpoint
ALTER TABLE "inspections" ADD COLUMN "recall_due" boolean DEFAULT false NOT NULL;
--> statement-breakpoint
ALTER TABLE "inspections" ADD COLUMN "recall_id" uuid;
--> statement-breakpoint
-- Those of before are looked at once.
ALTER TABLE "inspections" ADD COLUMN "sources_due_at" timestamp (3) with time zone DEFAULT now();
--> statement-breakpoint
ALTER TABLE "inspections" ADD COLUMN "sources_revision" bigint;
--> statement-breakpoint
CREATE INDEX inspections_by_chain ON inspections (chain_id) WHERE chain_id IS NOT NULL;
--> statement-breakpoint
CREATE INDEX inspections_sources_due ON inspections (sources_due_at) WHERE sources_due_at IS NOT NULL;
--> statement-breakpoint
CREATE INDEX inspections_recall_due ON inspections (tested_at) WHERE recall_due;
--> statement-breakpoint
CREATE INDEX inspections_by_site ON inspections (site_id, sampled_at);
--> statement-breakpoint
CREATE TABLE "tested_lots" (
	"lot_id" uuid NOT NULL,
	"inspection_id" uuid NOT NULL,
	CONSTRAINT "tested_lots_lot_id_inspection_id_pk" PRIMARY KEY("lot_id","inspection_id")
);
--> statement-breakpoint
CREATE INDEX tested_lots_by_inspection ON tested_lots (inspection_id);
--> statement-breakpoint
CREATE TABLE "photos" (
	"hash" "bytea" PRIMARY KEY NOT NULL,
	"media_type" text NOT NULL,
	"bytes" "bytea" NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "certificates" ADD COLUMN "merchant_id" uuid;
--> statement-breakpoint
ALTER TABLE "certificates" ADD COLUMN "pile_id" "bytea";
--> statement-breakpoint
CREATE INDEX certificates_by_pile ON certificates (pile_id, issued_at DESC) WHERE pile_id IS NOT NULL;
--> statement-breakpoint
ALTER TABLE "purchases" ADD COLUMN "collected_at" timestamp (3) with time zone;
--> statement-breakpoint
CREATE INDEX purchases_uncollected ON purchases (decided_at) WHERE state = 'accepted' AND collected_at IS NULL;
--> statement-breakpoint
CREATE TABLE "collected_certificates" (
	"sale_record_id" "bytea" NOT NULL,
	"line" smallint NOT NULL,
	"certificate_id" uuid NOT NULL,
	"merchant_id" uuid NOT NULL,
	"site_id" uuid NOT NULL,
	"must_grams" bigint NOT NULL,
	"may_grams" bigint NOT NULL,
	"collected_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "collected_certificates_sale_record_id_line_certificate_id_pk" PRIMARY KEY("sale_record_id","line","certificate_id")
);
--> statement-breakpoint
CREATE INDEX collected_certificates_by_merchant ON collected_certificates (merchant_id, collected_at DESC);
--> statement-breakpoint
CREATE TABLE "certificate_drafts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"site_id" uuid NOT NULL,
	"merchant_id" uuid NOT NULL,
	"pile_id" "bytea" NOT NULL,
	"commodity" integer NOT NULL,
	"reason" text NOT NULL,
	"grams" bigint NOT NULL,
	"origin" text NOT NULL,
	"parents" jsonb NOT NULL,
	"digest" "bytea" NOT NULL,
	"state" text NOT NULL,
	"drafted_by" text NOT NULL,
	"drafted_at" timestamp (3) with time zone NOT NULL,
	"decided_at" timestamp (3) with time zone,
	"record_id" "bytea"
);
--> statement-breakpoint
CREATE INDEX certificate_drafts_by_merchant ON certificate_drafts (merchant_id, drafted_at DESC);
