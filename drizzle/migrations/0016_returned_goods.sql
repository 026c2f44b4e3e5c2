CREATE TABLE "returned_goods" (
	"refund_record_id" "bytea" NOT NULL,
	"line" smallint NOT NULL,
	"sale_record_id" "bytea" NOT NULL,
	"pile_id" "bytea" NOT NULL,
	"effective_at" timestamp (3) with time zone NOT NULL,
	"grams_low" bigint NOT NULL,
	"grams_high" bigint NOT NULL,
	"is_discarded" boolean NOT NULL,
	CONSTRAINT "returned_goods_refund_record_id_line_pk" PRIMARY KEY("refund_record_id","line")
);
--> statement-breakpoint
CREATE INDEX returned_goods_by_sale ON returned_goods (sale_record_id, line);
--> statement-breakpoint
INSERT INTO returned_goods (refund_record_id, line, sale_record_id, pile_id, effective_at, grams_low, grams_high, is_discarded)
SELECT back.record_id, back.line, back.upstream_record_id, back.pile_id, back.effective_at, back.grams_low, back.grams_high,
	EXISTS (SELECT FROM pile_events AS gone WHERE gone.pile_id = back.pile_id AND gone.day = back.day
		AND gone.effective_at = back.effective_at AND gone.record_id = back.record_id AND gone.line = back.line + 1000)
FROM pile_events AS back WHERE back.source = 'return' AND back.upstream_record_id IS NOT NULL;
