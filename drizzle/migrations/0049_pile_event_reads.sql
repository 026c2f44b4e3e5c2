-- What is read of a pile is read by pile, day and time, some of its columns alone: they stand in the key's index, where a
-- pile's day is on a page or two. Its rows lie as they came, those of all piles between each other, so that they would be
-- as many pages as there are rows. The index by pile and time, which the key serves too, goes.
LOCK TABLE pile_events IN ACCESS EXCLUSIVE MODE;
--> statement-breakpoint
DROP INDEX pile_events_by_time;
--> statement-breakpoint
ALTER TABLE pile_events
  DROP CONSTRAINT pile_events_pile_id_day_effective_at_record_id_line_pk,
  ADD CONSTRAINT pile_events_pile_id_day_effective_at_record_id_line_pk PRIMARY KEY (pile_id, day, effective_at, record_id, line)
    INCLUDE (direction, grams_low, grams_high, source, lot_id, upstream_pile_id, upstream_record_id, upstream_line);
