-- An offset that is believed smaller moves what a terminal says from then on towards what it said before: never past it.
ALTER TABLE "terminals" ADD COLUMN "clock_lowered_at_ms" bigint;
--> statement-breakpoint
ALTER TABLE "terminals" ADD COLUMN "clock_lowered_from_ms" bigint;
