CREATE TABLE "bindings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"buyer_id" uuid NOT NULL,
	"merchant_id" uuid NOT NULL,
	"site_id" uuid NOT NULL,
	"terminal_id" bigint NOT NULL,
	"code_digest" "bytea" NOT NULL,
	"state" text NOT NULL,
	"check_digits" text NOT NULL,
	"claimed_at" timestamp (3) with time zone NOT NULL,
	"ended_by" text,
	"valid_from" timestamp (3) with time zone,
	"valid_to" timestamp (3) with time zone,
	CONSTRAINT "bindings_code_digest_unique" UNIQUE("code_digest")
);
--> statement-breakpoint
CREATE TABLE "buyer_sessions" (
	"token_hash" "bytea" PRIMARY KEY NOT NULL,
	"buyer_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "buyers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"app_id" text NOT NULL,
	"open_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "buyers_identity" UNIQUE("platform","app_id","open_id")
);
--> statement-breakpoint
CREATE TABLE "shares" (
	"id" text PRIMARY KEY NOT NULL,
	"record_id" "bytea" NOT NULL,
	"buyer_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "batches" (
	"log" integer NOT NULL,
	"sequence" bigint NOT NULL,
	"previous_head" "bytea" NOT NULL,
	"head" "bytea" NOT NULL,
	"root" "bytea" NOT NULL,
	"count" integer NOT NULL,
	"concerned" integer[] NOT NULL,
	"payload" "bytea" NOT NULL,
	"state" text NOT NULL,
	"raw_transaction" "bytea",
	"nonce" integer,
	"transaction_hash" "bytea",
	"submitted_at" timestamp (3) with time zone,
	"block_number" bigint,
	"block_hash" "bytea",
	"anchored_at" timestamp (3) with time zone,
	"sealed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "batches_log_sequence_pk" PRIMARY KEY("log","sequence")
);
--> statement-breakpoint
CREATE TABLE "records" (
	"record_id" "bytea" NOT NULL,
	"day" date NOT NULL,
	"kind" smallint NOT NULL,
	"site_id" uuid NOT NULL,
	"concerned" integer[] NOT NULL,
	"public_bytes" "bytea" NOT NULL,
	"commercial_bytes" "bytea",
	"personal_bytes" "bytea",
	"personal_salt" "bytea",
	"state" text NOT NULL,
	"entry" "bytea",
	"log" integer,
	"sequence" bigint,
	"leaf" integer,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "records_record_id_day_pk" PRIMARY KEY("record_id","day")
) PARTITION BY RANGE ("day");
--> statement-breakpoint
CREATE TABLE "access_tokens" (
	"token_hash" "bytea" PRIMARY KEY NOT NULL,
	"id" uuid NOT NULL,
	"label" text NOT NULL,
	"kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"participant_id" uuid,
	"site_ids" uuid[] NOT NULL,
	"scopes" text[] NOT NULL,
	"issued_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "access_tokens_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "payee_changes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"merchant_id" uuid NOT NULL,
	"site_id" uuid NOT NULL,
	"platform" text NOT NULL,
	"account" text NOT NULL,
	"auth_token" text,
	"state" text NOT NULL,
	"proposed_by" text NOT NULL,
	"approved_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"applies_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "claim_codes" (
	"code_hash" "bytea" PRIMARY KEY NOT NULL,
	"merchant_id" uuid NOT NULL,
	"site_id" uuid NOT NULL,
	"created_by" text NOT NULL,
	"confirmed" boolean NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"terminal_id" bigint
);
--> statement-breakpoint
CREATE TABLE "commodities" (
	"code" integer PRIMARY KEY NOT NULL,
	"name_zh" text NOT NULL,
	"name_en" text NOT NULL,
	"synonyms" text[] NOT NULL,
	"shelf_life_hours" integer NOT NULL,
	"catalogue_version" smallint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "guess_limits" (
	"subject" text NOT NULL,
	"window_starts_at" timestamp (3) with time zone NOT NULL,
	"failures" integer NOT NULL,
	CONSTRAINT "guess_limits_subject_window_starts_at_pk" PRIMARY KEY("subject","window_starts_at")
);
--> statement-breakpoint
CREATE TABLE "merchants" (
	"id" uuid PRIMARY KEY NOT NULL,
	"site_id" uuid NOT NULL,
	"stall_number" text NOT NULL,
	"name" text NOT NULL,
	"alias" "bytea" NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payee_accounts" (
	"merchant_id" uuid NOT NULL,
	"platform" text NOT NULL,
	"account" text NOT NULL,
	"auth_token" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payee_accounts_merchant_id_platform_pk" PRIMARY KEY("merchant_id","platform")
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"id" uuid NOT NULL,
	"day" date NOT NULL,
	"site_id" uuid,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"verb" text NOT NULL,
	"subject" text NOT NULL,
	"detail" jsonb NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "audit_id_day_pk" PRIMARY KEY("id","day")
) PARTITION BY RANGE ("day");
--> statement-breakpoint
CREATE TABLE "leases" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" text NOT NULL,
	"fence" bigint NOT NULL,
	"until" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" uuid NOT NULL,
	"day" date NOT NULL,
	"channel" text NOT NULL,
	"recipient" text NOT NULL,
	"topic" text NOT NULL,
	"version" integer NOT NULL,
	"payload" jsonb NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"next_try_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "outbox_id_day_pk" PRIMARY KEY("id","day")
) PARTITION BY RANGE ("day");
--> statement-breakpoint
CREATE TABLE "participants" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" integer NOT NULL,
	"name" text NOT NULL,
	"name_en" text NOT NULL,
	"role" text NOT NULL,
	"sealing_key" "bytea",
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "participants_number_unique" UNIQUE("number")
);
--> statement-breakpoint
CREATE TABLE "sites" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" integer NOT NULL,
	"participant_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"name_en" text NOT NULL,
	"region_code" text NOT NULL,
	"zone" text NOT NULL,
	"day_starts_at_minutes" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "sites_number_unique" UNIQUE("number")
);
--> statement-breakpoint
CREATE TABLE "attempts" (
	"out_trade_no" text NOT NULL,
	"day" date NOT NULL,
	"terminal_id" bigint NOT NULL,
	"counter" bigint NOT NULL,
	"sale_day" date NOT NULL,
	"attempt" smallint NOT NULL,
	"site_id" uuid NOT NULL,
	"merchant_id" uuid NOT NULL,
	"platform" text NOT NULL,
	"buyer_id" uuid NOT NULL,
	"payee_account" text NOT NULL,
	"payee_auth_token" text,
	"amount_fen" bigint NOT NULL,
	"state" text NOT NULL,
	"platform_handle" text,
	"platform_transaction_id" text,
	"received_fen" bigint,
	"failure_code" text,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"watch_until" timestamp (3) with time zone NOT NULL,
	"queries" integer DEFAULT 0 NOT NULL,
	"next_query_at" timestamp (3) with time zone,
	"succeeded_at" timestamp (3) with time zone,
	"billed_day" date,
	"fee_fen" bigint,
	"version" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "attempts_out_trade_no_day_pk" PRIMARY KEY("out_trade_no","day")
) PARTITION BY RANGE ("day");
--> statement-breakpoint
CREATE TABLE "reconciliations" (
	"platform" text NOT NULL,
	"day" date NOT NULL,
	"matched" integer NOT NULL,
	"differences" integer NOT NULL,
	"paid_fen" bigint NOT NULL,
	"refunded_fen" bigint NOT NULL,
	"fees_fen" bigint NOT NULL,
	"reconciled_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "reconciliations_platform_day_pk" PRIMARY KEY("platform","day")
);
--> statement-breakpoint
CREATE TABLE "reconciliation_items" (
	"id" uuid PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"day" date NOT NULL,
	"out_trade_no" text NOT NULL,
	"out_refund_no" text NOT NULL,
	"site_id" uuid,
	"payee_account" text NOT NULL,
	"kind" text NOT NULL,
	"here_state" text,
	"here_fen" bigint,
	"there_state" text,
	"there_fen" bigint,
	"repair" text NOT NULL,
	"state" text NOT NULL,
	"repaired_by" text,
	"repaired_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payment_events" (
	"id" uuid NOT NULL,
	"day" date NOT NULL,
	"out_trade_no" text NOT NULL,
	"out_refund_no" text,
	"site_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"detail" jsonb NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payment_events_id_day_pk" PRIMARY KEY("id","day")
) PARTITION BY RANGE ("day");
--> statement-breakpoint
CREATE TABLE "refunds" (
	"out_refund_no" text NOT NULL,
	"day" date NOT NULL,
	"id" uuid NOT NULL,
	"out_trade_no" text NOT NULL,
	"attempt_day" date NOT NULL,
	"terminal_id" bigint NOT NULL,
	"counter" bigint NOT NULL,
	"sale_day" date NOT NULL,
	"site_id" uuid NOT NULL,
	"merchant_id" uuid NOT NULL,
	"platform" text NOT NULL,
	"amount_fen" bigint NOT NULL,
	"reason" text NOT NULL,
	"goods" text NOT NULL,
	"lines" jsonb NOT NULL,
	"state" text NOT NULL,
	"platform_refund_id" text,
	"failure_code" text,
	"tries" integer DEFAULT 0 NOT NULL,
	"next_try_at" timestamp (3) with time zone,
	"requested_by" text NOT NULL,
	"record_id" "bytea",
	"succeeded_at" timestamp (3) with time zone,
	"billed_day" date,
	"fee_fen" bigint,
	"version" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "refunds_out_refund_no_day_pk" PRIMARY KEY("out_refund_no","day")
) PARTITION BY RANGE ("day");
--> statement-breakpoint
CREATE TABLE "sale_keys" (
	"terminal_id" bigint NOT NULL,
	"counter" bigint NOT NULL,
	"code_digest" "bytea" NOT NULL,
	"day" date NOT NULL,
	CONSTRAINT "sale_keys_terminal_id_counter_pk" PRIMARY KEY("terminal_id","counter")
) PARTITION BY HASH ("terminal_id","counter");
--> statement-breakpoint
CREATE TABLE "sale_lines" (
	"terminal_id" bigint NOT NULL,
	"counter" bigint NOT NULL,
	"day" date NOT NULL,
	"line" smallint NOT NULL,
	"site_id" uuid NOT NULL,
	"slot" integer NOT NULL,
	"quantity_packed" bigint NOT NULL,
	"unit_price_fen" integer NOT NULL,
	"amount_fen" bigint NOT NULL,
	"commodity" integer,
	"lot_id" uuid,
	"pile_id" "bytea",
	"grams_low" bigint,
	"grams_high" bigint,
	CONSTRAINT "sale_lines_terminal_id_counter_day_line_pk" PRIMARY KEY("terminal_id","counter","day","line")
) PARTITION BY RANGE ("day");
--> statement-breakpoint
CREATE TABLE "sales" (
	"terminal_id" bigint NOT NULL,
	"counter" bigint NOT NULL,
	"day" date NOT NULL,
	"site_id" uuid NOT NULL,
	"merchant_id" uuid NOT NULL,
	"code" "bytea" NOT NULL,
	"code_digest" "bytea" NOT NULL,
	"snapshot_prefix" "bytea" NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"effective_at" timestamp (3) with time zone NOT NULL,
	"amount_fen" bigint NOT NULL,
	"line_count" smallint NOT NULL,
	"state" text NOT NULL,
	"paid_fen" bigint DEFAULT 0 NOT NULL,
	"refunded_fen" bigint DEFAULT 0 NOT NULL,
	"paid_by" text,
	"settled_by" text,
	"settled_at" timestamp (3) with time zone,
	"buyer_id" uuid,
	"buyer_merchant_id" uuid,
	"uploaded_at" timestamp (3) with time zone,
	"handed_over_at" timestamp (3) with time zone,
	"flags" integer DEFAULT 0 NOT NULL,
	"record_id" "bytea",
	"version" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "sales_terminal_id_counter_day_pk" PRIMARY KEY("terminal_id","counter","day")
) PARTITION BY RANGE ("day");
--> statement-breakpoint
CREATE TABLE "snapshots" (
	"terminal_id" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	"prefix" "bytea" NOT NULL,
	"site_id" uuid NOT NULL,
	"bytes" "bytea" NOT NULL,
	"signature" "bytea" NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "snapshots_terminal_id_hash_pk" PRIMARY KEY("terminal_id","hash")
);
--> statement-breakpoint
CREATE TABLE "terminals" (
	"id" bigint PRIMARY KEY NOT NULL,
	"merchant_id" uuid NOT NULL,
	"site_id" uuid NOT NULL,
	"state" text NOT NULL,
	"algorithm" text NOT NULL,
	"public_key" "bytea" NOT NULL,
	"clock_offset_ms" bigint DEFAULT 0 NOT NULL,
	"clock_learned_at" timestamp (3) with time zone,
	"last_seen_at" timestamp (3) with time zone,
	"last_issued_at" timestamp (3) with time zone,
	"last_counter" bigint DEFAULT 0 NOT NULL,
	"token_epoch" integer DEFAULT 0 NOT NULL,
	"token_requested_at_ms" bigint DEFAULT 0 NOT NULL,
	"registered_state" text,
	"registered_tx" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"state_changed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "terminals_public_key_unique" UNIQUE("public_key")
);
--> statement-breakpoint
CREATE SEQUENCE "public"."terminal_serials" INCREMENT BY 1 MINVALUE 1 MAXVALUE 4294967295 START WITH 1 CACHE 1;
--> statement-breakpoint
CREATE TABLE "uploads" (
	"upload_id" uuid PRIMARY KEY NOT NULL,
	"terminal_id" bigint NOT NULL,
	"body_hash" "bytea" NOT NULL,
	"refusal" text,
	"received_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "certificates" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lot_id" uuid NOT NULL,
	"site_id" uuid NOT NULL,
	"commodity" integer NOT NULL,
	"grams" bigint NOT NULL,
	"origin" text NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"promise_basis" text NOT NULL,
	"record_id" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "inspections" (
	"id" uuid PRIMARY KEY NOT NULL,
	"site_id" uuid NOT NULL,
	"merchant_id" uuid NOT NULL,
	"pile_id" "bytea" NOT NULL,
	"lot_id" uuid,
	"commodity" integer NOT NULL,
	"sample_number" text NOT NULL,
	"sampled_at" timestamp (3) with time zone NOT NULL,
	"tested_at" timestamp (3) with time zone NOT NULL,
	"method" text NOT NULL,
	"standard" text NOT NULL,
	"limit_permille" integer NOT NULL,
	"inhibition_permille" integer NOT NULL,
	"conclusion" text NOT NULL,
	"instrument" text NOT NULL,
	"tester_role" text NOT NULL,
	"record_id" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lots" (
	"id" uuid PRIMARY KEY NOT NULL,
	"site_id" uuid NOT NULL,
	"merchant_id" uuid NOT NULL,
	"commodity" integer NOT NULL,
	"grams" bigint NOT NULL,
	"harvested_at" timestamp (3) with time zone NOT NULL,
	"declared_origin" text NOT NULL,
	"region_code" text NOT NULL,
	"record_id" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "origin_statements" (
	"pile_id" "bytea" NOT NULL,
	"business_day" date NOT NULL,
	"version" integer NOT NULL,
	"site_id" uuid NOT NULL,
	"record_id" "bytea" NOT NULL,
	"inflows" jsonb NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "origin_statements_pile_id_business_day_version_pk" PRIMARY KEY("pile_id","business_day","version")
);
--> statement-breakpoint
CREATE TABLE "pile_events" (
	"pile_id" "bytea" NOT NULL,
	"day" date NOT NULL,
	"effective_at" timestamp (3) with time zone NOT NULL,
	"direction" smallint NOT NULL,
	"record_id" "bytea" NOT NULL,
	"line" smallint NOT NULL,
	"site_id" uuid NOT NULL,
	"merchant_id" uuid NOT NULL,
	"commodity" integer NOT NULL,
	"grams_low" bigint NOT NULL,
	"grams_high" bigint NOT NULL,
	"source" text NOT NULL,
	"lot_id" uuid,
	"upstream_pile_id" "bytea",
	"upstream_record_id" "bytea",
	"upstream_line" smallint,
	CONSTRAINT "pile_events_pile_id_day_effective_at_record_id_line_pk" PRIMARY KEY("pile_id","day","effective_at","record_id","line")
) PARTITION BY RANGE ("day");
--> statement-breakpoint
CREATE TABLE "piles" (
	"id" "bytea" PRIMARY KEY NOT NULL,
	"site_id" uuid NOT NULL,
	"merchant_id" uuid NOT NULL,
	"commodity" integer NOT NULL,
	"lot_id" uuid,
	"alias" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "purchases" (
	"id" uuid PRIMARY KEY NOT NULL,
	"buyer_merchant_id" uuid NOT NULL,
	"site_id" uuid NOT NULL,
	"sale_record_id" "bytea" NOT NULL,
	"line" smallint NOT NULL,
	"commodity" integer NOT NULL,
	"grams" bigint NOT NULL,
	"pile_id" "bytea" NOT NULL,
	"upstream_pile_id" "bytea" NOT NULL,
	"effective_at" timestamp (3) with time zone NOT NULL,
	"state" text NOT NULL,
	"accepted_grams" bigint,
	"decided_at" timestamp (3) with time zone,
	"answer_record_id" "bytea"
);
--> statement-breakpoint
-- Sixteen hash partitions keep (terminal, counter) unique without a day in the key.
DO $$ BEGIN
  FOR i IN 0..15 LOOP
    EXECUTE format('CREATE TABLE sale_keys_%s PARTITION OF sale_keys FOR VALUES WITH (MODULUS 16, REMAINDER %s)', i, i);
  END LOOP;
END $$;
--> statement-breakpoint
-- Makes the day partitions of every range-partitioned table; safe to repeat. A row that lands in a default partition is an alarm.
CREATE FUNCTION ensure_day_partitions(from_day date, to_day date) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  parent text; d date; made integer := 0; child text; has_strays boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ensure_day_partitions'));
  FOREACH parent IN ARRAY ARRAY['sales','sale_lines','attempts','refunds','payment_events','records','pile_events','outbox','audit'] LOOP
    IF to_regclass(parent || '_default') IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', parent || '_default', parent);
    END IF;
    d := from_day;
    WHILE d <= to_day LOOP
      child := parent || '_' || to_char(d, 'YYYYMMDD');
      IF to_regclass(child) IS NULL THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE day = %L)', parent || '_default', d) INTO has_strays;
        IF has_strays THEN
          -- Rows that came before their partition: they move into it.
          EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', child, parent);
          EXECUTE format('WITH strays AS (DELETE FROM %I WHERE day = %L RETURNING *) INSERT INTO %I SELECT * FROM strays',
            parent || '_default', d, child);
          EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, child, d, d + 1);
        ELSE
          EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', child, parent, d, d + 1);
        END IF;
        made := made + 1;
      END IF;
      d := d + 1;
    END LOOP;
  END LOOP;
  RETURN made;
END $$;
--> statement-breakpoint
SELECT ensure_day_partitions((now() AT TIME ZONE 'UTC')::date - 3, (now() AT TIME ZONE 'UTC')::date + 14);
--> statement-breakpoint
CREATE INDEX snapshots_by_prefix ON snapshots (terminal_id, prefix);
--> statement-breakpoint
CREATE INDEX terminals_by_merchant ON terminals (merchant_id);
--> statement-breakpoint
CREATE INDEX terminals_to_register ON terminals (state_changed_at) WHERE state <> 'claimed' AND registered_state IS DISTINCT FROM state;
--> statement-breakpoint
CREATE INDEX merchants_by_site ON merchants (site_id);
--> statement-breakpoint
CREATE UNIQUE INDEX payee_changes_open ON payee_changes (merchant_id, platform) WHERE state IN ('proposed', 'approved');
--> statement-breakpoint
CREATE INDEX sales_by_buyer ON sales (buyer_id, settled_at DESC) WHERE buyer_id IS NOT NULL;
--> statement-breakpoint
CREATE INDEX sales_by_merchant ON sales (merchant_id, issued_at);
--> statement-breakpoint
CREATE INDEX sales_by_record ON sales (record_id) WHERE record_id IS NOT NULL;
--> statement-breakpoint
CREATE INDEX sales_awaiting_record ON sales (settled_at) WHERE state = 'paid' AND record_id IS NULL;
--> statement-breakpoint
CREATE INDEX sales_handed_over_awaiting_record ON sales (handed_over_at) WHERE handed_over_at IS NOT NULL AND record_id IS NULL;
--> statement-breakpoint
CREATE INDEX sale_lines_awaiting_snapshot ON sale_lines (terminal_id) WHERE commodity IS NULL;
--> statement-breakpoint
CREATE INDEX attempts_by_sale ON attempts (terminal_id, counter);
--> statement-breakpoint
CREATE INDEX attempts_due ON attempts (next_query_at) WHERE next_query_at IS NOT NULL;
--> statement-breakpoint
CREATE INDEX refunds_by_attempt ON refunds (out_trade_no);
--> statement-breakpoint
CREATE INDEX refunds_by_sale ON refunds (terminal_id, counter);
--> statement-breakpoint
CREATE INDEX refunds_due ON refunds (next_try_at) WHERE next_try_at IS NOT NULL;
--> statement-breakpoint
CREATE UNIQUE INDEX reconciliation_items_by_number ON reconciliation_items (platform, day, out_trade_no, out_refund_no);
--> statement-breakpoint
CREATE INDEX payment_events_by_attempt ON payment_events (out_trade_no, at);
--> statement-breakpoint
CREATE INDEX records_pending ON records (created_at) WHERE state = 'pending';
--> statement-breakpoint
CREATE INDEX records_by_batch ON records (log, sequence, leaf) WHERE sequence IS NOT NULL;
--> statement-breakpoint
CREATE INDEX batches_open ON batches (log, sequence) WHERE state <> 'anchored';
--> statement-breakpoint
CREATE INDEX pile_events_by_record ON pile_events (record_id);
--> statement-breakpoint
CREATE INDEX pile_events_by_upstream ON pile_events (upstream_record_id) WHERE upstream_record_id IS NOT NULL;
--> statement-breakpoint
CREATE INDEX pile_events_by_time ON pile_events (pile_id, effective_at);
--> statement-breakpoint
CREATE UNIQUE INDEX purchases_by_line ON purchases (sale_record_id, line);
--> statement-breakpoint
CREATE INDEX purchases_open ON purchases (buyer_merchant_id) WHERE state = 'offered';
--> statement-breakpoint
CREATE UNIQUE INDEX bindings_active ON bindings (buyer_id) WHERE state = 'active';
--> statement-breakpoint
CREATE INDEX inspections_by_pile ON inspections (pile_id, tested_at DESC);
--> statement-breakpoint
CREATE INDEX lots_by_merchant ON lots (merchant_id, harvested_at DESC);
--> statement-breakpoint
CREATE INDEX certificates_by_lot ON certificates (lot_id);
--> statement-breakpoint
CREATE INDEX outbox_due ON outbox (next_try_at);
--> statement-breakpoint
CREATE FUNCTION notify_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('outbox', '');
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER outbox_written AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION notify_outbox();
