import { defineConfig } from "drizzle-kit"

export default defineConfig({
  dialect: "postgresql",
  schema: [
    "./schema/buyers.ts",
    "./schema/ledger.ts",
    "./schema/merchants.ts",
    "./schema/outbox.ts",
    "./schema/participants.ts",
    "./schema/payments.ts",
    "./schema/sales.ts",
    "./schema/terminals.ts",
    "./schema/trace.ts",
  ],
  out: "./migrations",
})
