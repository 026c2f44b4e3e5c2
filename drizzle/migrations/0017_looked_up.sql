-- Whose wallet a payer is, in every settlement; and a merchant's own list. Ended ones count for their time.
CREATE INDEX bindings_by_buyer ON bindings (buyer_id);
--> statement-breakpoint
CREATE INDEX bindings_by_merchant ON bindings (merchant_id);
--> statement-breakpoint
-- Those that are over go.
CREATE INDEX buyer_sessions_by_end ON buyer_sessions (expires_at);
--> statement-breakpoint
-- Anybody asks for a statement by its record.
CREATE INDEX origin_statements_by_record ON origin_statements (record_id);
--> statement-breakpoint
CREATE INDEX purchases_by_pile ON purchases (pile_id, decided_at) WHERE state = 'accepted';
--> statement-breakpoint
CREATE INDEX inspections_by_sample ON inspections (sampled_at);
--> statement-breakpoint
-- By the books nothing was there yet: when to look again before a recall is given up.
ALTER TABLE "inspections" ADD COLUMN "recall_try_at" timestamp (3) with time zone;
