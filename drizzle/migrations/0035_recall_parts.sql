-- A recall follows goods from one time that a pile was counted as sold out to the next: when goods left that a purchase
-- brought, and when on a day that was summed a pile was empty. Purchases that were answered later arrived later than that.
ALTER TABLE "pile_events" ADD COLUMN "left_at" timestamp (3) with time zone;
--> statement-breakpoint
UPDATE pile_events AS event SET left_at = coalesce((
  SELECT bought.effective_at FROM purchases AS bought
  WHERE bought.sale_record_id = event.upstream_record_id AND bought.line = event.upstream_line
), event.effective_at) WHERE event.source = 'purchase';
--> statement-breakpoint
ALTER TABLE "pile_events" ADD CONSTRAINT pile_events_left_at CHECK ((source = 'purchase') = (left_at IS NOT NULL));
--> statement-breakpoint
DROP INDEX pile_events_bought_from;
--> statement-breakpoint
CREATE INDEX pile_events_bought_from ON pile_events (upstream_pile_id, left_at) INCLUDE (pile_id, effective_at, day) WHERE source = 'purchase';
--> statement-breakpoint
ALTER TABLE "pile_sums" ADD COLUMN "last_at" timestamp (3) with time zone;
--> statement-breakpoint
ALTER TABLE "pile_sums" ADD COLUMN "cleared_at" timestamp (3) with time zone;
--> statement-breakpoint
CREATE INDEX pile_sums_cleared ON pile_sums (pile_id, cleared_at) INCLUDE (until, revisions) WHERE cleared_at IS NOT NULL;
