CREATE TABLE "displays" (
	"id" uuid PRIMARY KEY NOT NULL,
	"terminal_id" bigint NOT NULL,
	"code_hash" "bytea" NOT NULL,
	"code_expires_at" timestamp (3) with time zone NOT NULL,
	"secret_hash" "bytea",
	"created_at" timestamp (3) with time zone NOT NULL,
	"paired_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "displays_code_hash_unique" UNIQUE("code_hash")
);
--> statement-breakpoint
CREATE INDEX "displays_terminal" ON "displays" USING btree ("terminal_id");
