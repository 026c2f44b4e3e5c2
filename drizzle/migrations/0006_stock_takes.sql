-- What a pile was counted at: few rows, asked for with each history that is read.
CREATE INDEX pile_events_counts ON pile_events (pile_id, effective_at) WHERE source = 'count';
--> statement-breakpoint
-- Until when a lot may be eaten by the catalogue of its harvest; lots of before are not assumed to be gone ever.
ALTER TABLE lots ADD COLUMN expires_at timestamp (3) with time zone;
