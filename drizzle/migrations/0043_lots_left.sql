-- A recall asks of thousands of days whether a lot can have been in a pile still: found out once, when the day is remembered.
ALTER TABLE "pile_days" ADD COLUMN "lots_left" uuid[];
--> statement-breakpoint
UPDATE "pile_days" AS kept SET "lots_left" = coalesce((
  SELECT array_agg(held.lot_id) FILTER (WHERE held.lot_id IS NOT NULL AND (held.is_fresh OR kept.grams > held.fresh_grams))
  FROM (
    SELECT lot_id, is_fresh, sum(grams) FILTER (WHERE is_fresh) OVER () AS fresh_grams FROM (
      SELECT lot.id AS lot_id, (one ->> 'highGrams')::float8 AS grams, lot.expires_at IS NULL OR lot.expires_at > kept.at AS is_fresh
      FROM jsonb_array_elements(kept.state #> '{carry,sources}') AS one
      LEFT JOIN "lots" AS lot ON lot.id = CASE WHEN one ->> 'sourceId' <> 'unknown' THEN (one ->> 'sourceId')::uuid END
    ) AS source WHERE grams > 0
  ) AS held
), '{}');
