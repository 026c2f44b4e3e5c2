-- A stall's photo by the hash of its bytes; and when a terminal last sent one, so that a recorded request sets none again.
ALTER TABLE "merchants" ADD COLUMN "photo" "bytea";
--> statement-breakpoint
ALTER TABLE "merchants" ADD COLUMN "photo_requested_at_ms" bigint DEFAULT 0 NOT NULL;
--> statement-breakpoint
-- Whoever asks for a picture by its hash gets it only while it is a stall's.
CREATE INDEX merchants_by_photo ON merchants (photo) WHERE photo IS NOT NULL;
--> statement-breakpoint
-- A platform's picture that opens a share in its mini-program: asked for once.
CREATE TABLE "share_codes" (
	"share_id" text NOT NULL,
	"platform" text NOT NULL,
	"media_type" text NOT NULL,
	"bytes" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "share_codes_share_id_platform_pk" PRIMARY KEY("share_id","platform")
);
