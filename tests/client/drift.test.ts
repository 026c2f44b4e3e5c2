import { describe, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { errorWords } from "@suyuan/look/errors"
import { typesOf } from "../../client/generate"
import { clientDocument, documentText } from "../../scripts/client-document"

const folder = join(import.meta.dir, "..", "..", "client", "src")
const document = clientDocument()

type Operation = {
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly responses?: Record<string, { readonly description?: string }>
}
const { paths } = document as { readonly paths: Record<string, Record<string, Operation>> }
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
)

describe("the committed client", () => {
  test("has the document of today's routes: else run scripts/generate-client.ts", () => {
    expect(readFileSync(join(folder, "openapi.json"), "utf8") === documentText(document)).toBe(true)
  })

  test("has the types of that document", async () => {
    expect(readFileSync(join(folder, "openapi.ts"), "utf8") === (await typesOf(document))).toBe(true)
  })
})

describe("the document", () => {
  test("names every route of the spine", () => {
    const names = operations.map(({ name }) => name)
    for (const route of [
      "GET /p/{digits}",
      "POST /p/{digits}/pay",
      "POST /enrolments",
      "POST /terminals/{id}/token",
      "POST /merchants/{id}/claim-codes",
      "POST /bindings",
      "PUT /catalogue",
      "GET /readyz",
    ]) {
      expect(names).toContain(route)
    }
  })

  test("gives every route a summary, a tag and described answers", () => {
    for (const { name, operation } of operations) {
      expect([name, operation.summary?.length ?? 0, operation.tags?.length ?? 0]).toEqual([name, expect.any(Number), 1])
      expect((operation.summary ?? "").length).toBeGreaterThan(5)
      for (const response of Object.values(operation.responses ?? {})) {
        expect((response.description ?? "").length).toBeGreaterThan(1)
      }
    }
  })

  test("names only refusals that exist", () => {
    const known = new Set(Object.keys(errorWords))
    const named = [...JSON.stringify(paths).matchAll(/`([a-z-]+\/[a-z-]+)`/g)].map((match) => match[1] ?? "")
    expect(named.length).toBeGreaterThan(50)
    expect(named.filter((code) => !known.has(code))).toEqual([])
  })
})
