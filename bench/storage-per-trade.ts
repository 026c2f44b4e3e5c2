// storage.bytesPerTrade: what one trade leaves in the gateway's database, tables and indexes, once it is anchored and its
// messages are delivered: a sale of three lines, paid on a platform, uploaded by MQTT. With it what it costs on the wire
// and on the ledger. docs/scale.md multiplies these by a city.
//
// Floor: the code (about 120 bytes), the sealed entry (420, and again in its batch until that is final), three lines and
// three movements of goods, an attempt with its events: 1.2 kB of content, before row heads and indexes.
import { statSync } from "node:fs"
import { join } from "node:path"
import type { Figure } from "./figure"
import { openInstallation } from "./installation"
import { startPublisher } from "./load/upload-publisher"
import { rounded } from "./measure/percentile"
import { drainTrades, prepareTrades } from "./trade-to-anchored"

const tradeCount = 20_000

/** The others grow with stalls, people and goods. */
const grownByTrade =
  "sale_keys sales sale_lines attempts payment_events records pile_events bought_origins outbox audit batches".split(
    " ",
  )

export const storagePerTrade: Figure = {
  name: "storage.bytesPerTrade",
  required: { atMost: 10_000 },
  measure: async (run) => {
    const count = run.quick ? tradeCount / 10 : tradeCount
    const line = await openInstallation(run)
    try {
      const { sql } = line.ctx
      const empty = await tableBytes(sql)
      const file = join(line.directory, "uploads")
      await prepareTrades(line, count, file)
      const { brokerUrl, brokerSecret } = line
      const publisher = startPublisher({ file, brokerUrl, brokerSecret, connections: 4 })
      publisher.allow(count)
      while (publisher.report().published < count) await Bun.sleep(100)
      await drainTrades(line.ctx, publisher)
      await publisher.stop()
      await sql`VACUUM (ANALYZE)`
      const reading = (part: string, value: number, unit = "bytes") => {
        return { name: `storage.${part}`, value: rounded(value), unit, n: count }
      }
      const bytes = await tableBytes(sql)
      const grown = grownByTrade.map((table) => {
        return [table, ((bytes.get(table) ?? 0) - (empty.get(table) ?? 0)) / count] as const
      })
      const [ledger] = await sql`SELECT sum(length(payload))::float8 AS bytes, count(*)::int AS batches FROM batches`
      return [
        reading(
          "bytesPerTrade",
          grown.reduce((sum, [, own]) => sum + own, 0),
        ),
        ...grown.filter(([, own]) => own >= 1).map(([table, own]) => reading(`table.${table}`, own)),
        reading("uploadBytes", statSync(file).size / count - 7),
        reading("ledgerBytes", Number(ledger?.bytes) / count),
        reading("tradesPerBatch", count / Number(ledger?.batches), "trades"),
      ]
    } finally {
      await line.stop()
    }
  },
}

/** Tables and their indexes, partitions added to the table that they are of. */
async function tableBytes(
  sql: Awaited<ReturnType<typeof openInstallation>>["ctx"]["sql"],
): Promise<Map<string, number>> {
  const rows = await sql`
    SELECT coalesce(parent.relname, child.relname) AS table, sum(pg_total_relation_size(child.oid))::float8 AS bytes
    FROM pg_class AS child LEFT JOIN pg_inherits ON inhrelid = child.oid LEFT JOIN pg_class AS parent ON parent.oid = inhparent
    WHERE child.relkind = 'r' AND child.relnamespace = 'public'::regnamespace GROUP BY 1 ORDER BY 2 DESC`
  return new Map(rows.map(({ table, bytes }) => [String(table), Number(bytes)]))
}
