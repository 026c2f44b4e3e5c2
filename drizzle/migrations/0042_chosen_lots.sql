-- Sales whose seller chose a lot: a recall asks where one of its lots was chosen late.
CREATE INDEX pile_events_chosen ON pile_events (lot_id, pile_id, effective_at) WHERE source = 'outflow' AND lot_id IS NOT NULL;
