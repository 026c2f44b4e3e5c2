-- Also where a row of pile_events is changed, as 0035_recall_parts did with all of them: what was bought of a pile is never
-- another thing than what its events say.
CREATE OR REPLACE FUNCTION note_pile_purchase() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.source = 'purchase' THEN
    DELETE FROM pile_purchases WHERE upstream_pile_id = OLD.upstream_pile_id AND left_at = OLD.left_at
      AND pile_id = OLD.pile_id AND effective_at = OLD.effective_at AND record_id = OLD.record_id AND line = OLD.line;
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.source = 'purchase' THEN
    INSERT INTO pile_purchases VALUES (NEW.upstream_pile_id, NEW.left_at, NEW.pile_id, NEW.effective_at, NEW.record_id,
      NEW.line, NEW.upstream_record_id, coalesce(NEW.upstream_line, 0)) ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER pile_purchase_changed AFTER UPDATE ON pile_events FOR EACH ROW
  WHEN (OLD.source = 'purchase' OR NEW.source = 'purchase') EXECUTE FUNCTION note_pile_purchase();
