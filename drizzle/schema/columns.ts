import { customType, timestamp } from "drizzle-orm/pg-core"

/** Bytes in the database, lower-case hex in TypeScript: ids of records, piles and codes are compared and logged as text. */
export const hexBytes = customType<{ data: string; driverData: Uint8Array }>({
  dataType: () => "bytea",
  toDriver: (hex) => Buffer.from(hex, "hex"),
  fromDriver: (bytes) => Buffer.from(bytes).toString("hex"),
})

/** Bytes in the database and in TypeScript: payloads that are parsed, never compared. */
export const rawBytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({
  dataType: () => "bytea",
  toDriver: (bytes) => Buffer.from(bytes),
  fromDriver: (bytes) => new Uint8Array(bytes),
})

/** An instant with zone; a `Date` in TypeScript. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date", precision: 3 })
