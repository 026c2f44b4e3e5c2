-- What a recall reads of many piles stands together in an index: who bought from a pile, and what it held at the end of a day.
DROP INDEX pile_events_bought_from;
--> statement-breakpoint
CREATE INDEX pile_events_bought_from ON pile_events (upstream_pile_id, effective_at) INCLUDE (pile_id, day) WHERE source = 'purchase';
--> statement-breakpoint
ALTER TABLE "pile_days" ADD COLUMN "grams" bigint GENERATED ALWAYS AS ((("state" -> 'carry') ->> 'grams')::bigint) STORED;
--> statement-breakpoint
CREATE INDEX "pile_days_grams" ON "pile_days" ("pile_id", "day") INCLUDE ("at", "revisions", "grams");
