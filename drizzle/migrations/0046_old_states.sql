-- What a pile held fourteen days before was once taken as unknown goods by a walk that found nothing remembered, however well
-- their lots were known: a claim that may be false, and a lot that a recall takes as gone. Whatever of that time has unknown
-- goods in it is found out anew, pile by pile, when somebody asks or a night looks; what has none is the same by both rules.
WITH doubtful AS (
  DELETE FROM "pile_days" WHERE "state" #> '{carry,sources}' @> '[{"sourceId": "unknown"}]' RETURNING "pile_id"
)
DELETE FROM "stated_days" WHERE "pile_id" IN (SELECT "pile_id" FROM doubtful);
--> statement-breakpoint
DELETE FROM "bought_origins" WHERE "origins" -> 'sources' @> '[{"sourceId": "unknown"}]';
