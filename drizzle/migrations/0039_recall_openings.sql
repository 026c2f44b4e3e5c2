-- A recall begins with what a pile held by both of its weights: of boxes and pieces they differ.
ALTER TABLE "pile_days" ADD COLUMN "low_grams" bigint GENERATED ALWAYS AS ((("state" -> 'carry') ->> 'lowGrams')::bigint) STORED;
--> statement-breakpoint
DROP INDEX "pile_days_grams";
--> statement-breakpoint
CREATE INDEX "pile_days_grams" ON "pile_days" ("pile_id", "day") INCLUDE ("at", "revisions", "grams", "low_grams");
--> statement-breakpoint
-- Sums that were made with fewer cuts are made again.
DELETE FROM "pile_sums";
--> statement-breakpoint
-- Goods that came back were not gone with a stock-take of meanwhile: revised since the instant at which they left.
INSERT INTO "pile_revisions" AS known ("pile_id", "since", "revisions", "shortfalls")
SELECT back.pile_id, gone.effective_at, count(*), 0 FROM "pile_events" AS back
JOIN "pile_events" AS gone ON gone.record_id = back.upstream_record_id AND gone.line = back.upstream_line
  AND gone.pile_id = back.pile_id AND gone.source = 'outflow'
WHERE back.source = 'return' GROUP BY back.pile_id, gone.effective_at
ON CONFLICT ("pile_id", "since") DO UPDATE SET revisions = known.revisions + excluded.revisions;
