-- Links to a purchase's trace are its payers' own, whichever of their identities made them: found by the record.
CREATE INDEX shares_by_record ON shares (record_id);
