/** The pages under docs/specs/ show what the vectors hold, and have every rule that a test cites. */
import { describe, expect, test } from "bun:test"
import { readdir } from "node:fs/promises"
import batch from "../../vectors/batch.json"
import entry from "../../vectors/entry.json"
import proof from "../../vectors/proof.json"
import record from "../../vectors/record.json"

const ROOT = new URL("../../../", import.meta.url)
const pages = { TR: "records", SE: "sealing", AN: "anchor", PB: "proof-bundle" } as const

const pageOf = (prefix: keyof typeof pages): Promise<string> =>
  Bun.file(new URL(`docs/specs/${pages[prefix]}.md`, ROOT)).text()

/** Hex of a page's example, which breaks long values with `…`: head and tail must be the vector's. */
function expectShown(page: string, hex: string): void {
  const shown = page.match(/[0-9a-f]{8,}(?:…[0-9a-f]+)?/g) ?? []
  const matches = shown.some((text) => {
    const [head = "", tail = ""] = text.split("…")
    return tail === "" ? text === hex : hex.startsWith(head) && hex.endsWith(tail)
  })
  expect({ hex, matches }).toEqual({ hex, matches: true })
}

describe("pages of docs/specs", () => {
  test("number their rules from 1 without a gap, and the tests cite no other", async () => {
    const folders = [new URL("tests/protocol/ledger/", ROOT), new URL("tests/sealing/", ROOT)]
    const sources: string[] = []
    for (const folder of folders) {
      for (const file of await readdir(folder)) {
        if (file.endsWith(".ts")) sources.push(await Bun.file(new URL(file, folder)).text())
      }
    }
    const cited = new Set(sources.flatMap((source) => source.match(/\[(?:TR|SE|AN|PB)-\d+\]/g) ?? []))
    const defined = new Set<string>()
    for (const prefix of Object.keys(pages) as (keyof typeof pages)[]) {
      const numbers = [...(await pageOf(prefix)).matchAll(new RegExp(`^\\*\\*${prefix}-(\\d+) `, "gm"))].map(
        (m) => m[1],
      )
      expect(numbers).toEqual(numbers.map((_, i) => String(i + 1)))
      for (const number of numbers) defined.add(`[${prefix}-${number}]`)
    }
    expect([...cited].filter((rule) => !defined.has(rule))).toEqual([])
  })

  test("show the record and the entry of the vectors", async () => {
    const page = await pageOf("TR")
    const [sale] = record.records
    const [sealed] = entry.entries
    for (const hex of [sale!.record.public.goodsPart, sale!.record.public.priceHash, sale!.record.public.signature]) {
      expectShown(page, hex!)
    }
    for (const hex of Object.values(sealed!.commitments)) expectShown(page, hex)
    expectShown(page, sealed!.leaf)
    expectShown(page, sealed!.recordId)
  })

  test("show the keys of the vectors", async () => {
    const page = await pageOf("SE")
    const { publicContentKeys, commitments } = entry.entries[0]!
    expectShown(page, publicContentKeys!.encryptionKey)
    expectShown(page, publicContentKeys!.salt)
    expectShown(page, commitments.public)
    expectShown(page, commitments.public.slice(0, 24))
  })

  test("show the batch and the proof of the vectors", async () => {
    const [first] = batch.batches
    expect((await pageOf("AN")).includes(first!.head)).toBe(true)
    expect((await pageOf("AN")).includes(`${first!.payload.length / 2} bytes`)).toBe(true)
    const page = await pageOf("PB")
    expect(page.includes(proof.trust.root)).toBe(true)
    expect(page.includes(proof.bundles[0]!.bundle.length.toLocaleString("en-US"))).toBe(true)
  })
})
