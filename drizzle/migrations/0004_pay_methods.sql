-- Paying by a scanned code or from a browser outside the wallet, where nobody is known before they pay.
ALTER TABLE "attempts" ADD COLUMN "method" text DEFAULT 'jsapi' NOT NULL;
--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "client_ip" text;
--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "wallet_buyer_id" uuid;
