import { afterAll, beforeAll, expect, test } from "bun:test"
import { arrayOf, unnest } from "@suyuan/api/unnest"
import { sql } from "drizzle-orm"
import { type TestGateway, testGateway } from "../support/context"

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway.close())

test("gives every value back as it was, whatever characters it holds, and nothing for nothing", async () => {
  const at = new Date("2026-02-03T04:05:06.789Z")
  const texts = ['"', "\\", "{a,b}", "NULL", "", '大白菜\'s, \\"x\\"', null]
  const rows = await gateway.ctx.db.execute(sql`
    SELECT * FROM ${unnest("given", {
      words: ["text", texts],
      bytes: ["bytea", texts.map((_, index) => (index % 2 === 0 ? Uint8Array.of(0, 255, index) : "00ff07"))],
      number: ["bigint", texts.map((_, index) => (index === 0 ? null : 2 ** 40 + index))],
      at: ["timestamptz", texts.map(() => at)],
    })}`)
  expect(rows.map((row) => row.words)).toEqual(texts)
  expect(rows.map((row) => Buffer.from(row.bytes as Uint8Array).toString("hex")).slice(0, 2)).toEqual([
    "00ff00",
    "00ff07",
  ])
  expect(rows.map((row) => row.number).slice(0, 2)).toEqual([null, String(2 ** 40 + 1)])
  expect(new Date(rows[0]?.at as string)).toEqual(at)
  expect(await gateway.ctx.db.execute(sql`SELECT * FROM ${unnest("given", { words: ["text", []] })}`)).toHaveLength(0)
})

test("is one parameter however many values there are", async () => {
  const [row] = await gateway.ctx.db.execute(sql`SELECT 3 = ANY (${arrayOf("integer", [1, 2, 3])}) AS found`)
  expect(row?.found).toBe(true)
})
