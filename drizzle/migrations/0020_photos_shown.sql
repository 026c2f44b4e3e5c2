-- Whoever asks for a picture by its hash gets it only where it is a test's.
CREATE INDEX inspections_by_photo ON inspections (photo) WHERE photo IS NOT NULL;
--> statement-breakpoint
-- Photos of a report, sealed by a key that is not here; deleted with their buyer's data.
CREATE TABLE "problem_photos" (
	"problem_id" uuid NOT NULL,
	"position" smallint NOT NULL,
	"media_type" text NOT NULL,
	"sealed" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "problem_photos_problem_id_position_pk" PRIMARY KEY("problem_id","position")
);
