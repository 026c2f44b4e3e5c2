-- Merchants with their own merchant number: which account of the configuration collects for them.
ALTER TABLE "payee_accounts" ADD COLUMN "direct_account" text;
--> statement-breakpoint
ALTER TABLE "payee_changes" ADD COLUMN "direct_account" text;
--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "payee_direct_account" text;
