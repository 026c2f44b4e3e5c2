import { afterAll, describe, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { brokenImports, emptyNames, importCycles, importsOf, readSources, readWorkspaces } from "./gravity"

const root = resolve(import.meta.dir, "../..")

describe("this repository", () => {
  const sources = readSources(root)
  const workspaces = readWorkspaces(root)

  test("imports only go down", () => {
    expect(brokenImports(sources, workspaces)).toEqual([])
  })

  test("no files of protocol/ import each other in a circle", () => {
    expect(
      importCycles(
        sources.filter(({ path }) => path.startsWith("protocol/")),
        workspaces,
      ),
    ).toEqual([])
  })

  test("every folder and file says in its name what is in it", () => {
    expect(emptyNames(sources.map(({ path }) => path))).toEqual([])
  })

  test("its sources are found at all", () => {
    const paths = sources.map(({ path }) => path)
    expect(paths).toContain("protocol/src/result.ts")
    expect(paths).toContain("scripts/with-bun.mjs")
    expect(paths.some((path) => path.includes("node_modules"))).toBe(false)
  })
})

describe("a planted import", () => {
  const planted = mkdtempSync(join(tmpdir(), "suyuan-planted-"))
  afterAll(() => rmSync(planted, { recursive: true }))

  const exports: Record<string, string> = {
    protocol: "./src/*.ts",
    look: "./src/*.ts",
    sealing: "./src/*.ts",
    client: "./src/*.ts",
    drizzle: "./*.ts",
    api: "./src/*.ts",
    sandbox: "./src/*.ts",
    "terminal-kiosk": "./src/*.ts",
    miniprogram: "./core/*.ts",
  }
  write("package.json", JSON.stringify({ workspaces: Object.keys(exports) }))
  for (const [name, target] of Object.entries(exports)) {
    write(`${name}/package.json`, JSON.stringify({ name: `@suyuan/${name}`, exports: { "./*": target } }))
  }

  function write(path: string, text: string): void {
    mkdirSync(join(planted, dirname(path)), { recursive: true })
    writeFileSync(join(planted, path), text)
  }

  function faultsWith(path: string, source: string): string[] {
    write(path, source)
    const faults = brokenImports(readSources(planted), readWorkspaces(planted))
    rmSync(join(planted, path))
    return faults
  }

  test.each([
    ["a domain imports an adapter", "api/src/payments/open-payment.ts", "../adapters/wechat-pay/client"],
    ["a domain imports an HTTP route", "api/src/sales/open-sale.ts", "../http/router"],
    ["a domain imports a job", "api/src/ledger/seal-batch.ts", "../jobs/seal"],
    ["a shared file of the API imports MQTT", "api/src/context.ts", "./mqtt/ingest"],
    ["an adapter imports an HTTP route", "api/src/adapters/evm-chain.ts", "../http/errors"],
    ["a route imports an adapter: main.ts alone knows both", "api/src/http/pay.ts", "../adapters/alipay/client"],
    ["the API imports the sandbox", "api/src/main.ts", "@suyuan/sandbox/main"],
    ["the API imports the client", "api/src/http/pay.ts", "@suyuan/client/transport"],
    ["the kiosk imports the API", "terminal-kiosk/src/close-sale.ts", "@suyuan/api/sales/open-sale"],
    ["the mini-program imports the API by its path", "miniprogram/core/pay.ts", "../../api/src/errors"],
    ["the mini-program imports the tables", "miniprogram/core/pay.ts", "@suyuan/drizzle/schema/sales"],
    ["the sandbox imports the API", "sandbox/src/main.ts", "@suyuan/api/keys"],
    ["the client imports the API", "client/src/transport.ts", "@suyuan/api/errors"],
    ["protocol imports the words", "protocol/src/ledger/record.ts", "@suyuan/look/words"],
    ["protocol imports sealing", "protocol/src/ledger/entry.ts", "@suyuan/sealing/open"],
    ["protocol imports Node", "protocol/src/codec/bytes.ts", "node:buffer"],
    ["protocol imports a package", "protocol/src/codec/cbor.ts", "cborg"],
    ["look imports a package", "look/src/tokens.ts", "zod"],
    ["what is delivered imports a tool", "api/src/main.ts", "../../scripts/supervisor"],
    ["what is delivered imports a test", "api/src/main.ts", "../../tests/support/engines"],
  ])("is refused when %s", (_what, path, specifier) => {
    const faults = faultsWith(path, `import { something } from "${specifier}"\n`)
    expect(faults).toHaveLength(1)
    expect(faults[0]).toStartWith(`${path} imports ${specifier}: `)
  })

  test.each([
    ["a type", 'import type { Port } from "../adapters/x"'],
    ["a type in its place", 'let port: import("../adapters/x").Port'],
    ["again", 'export { x } from "../adapters/x"'],
    ["all of it again", 'export * from "../adapters/x"'],
    ["for its effect", 'import "../adapters/x"'],
    ["later", 'const x = await import("../adapters/x")'],
    ["over several lines", 'import {\n  x, // one\n  y,\n} from "../adapters/x"'],
    ["after a string that looks like a comment", 'const a = "//"; import { x } from "../adapters/x"'],
  ])("is seen when it imports %s", (_what, source) => {
    expect(faultsWith("api/src/payments/open-payment.ts", source)).toHaveLength(1)
  })

  test.each([
    ["protocol takes noble", "protocol/src/a.ts", "@noble/hashes/sha2.js"],
    ["protocol takes itself", "protocol/src/a/b.ts", "@suyuan/protocol/result"],
    ["a domain takes another", "api/src/payments/refund.ts", "../sales/sale-key"],
    ["an adapter takes its port", "api/src/adapters/evm-chain.ts", "../ledger/chain"],
    ["main.ts takes both", "api/src/main.ts", "./adapters/evm-chain"],
    ["a test takes everything", "tests/api/a.test.ts", "../../api/src/adapters/evm-chain"],
  ])("is fine when %s", (_what, path, specifier) => {
    expect(faultsWith(path, `import { something } from "${specifier}"\n`)).toEqual([])
  })

  test("is not seen in a comment or a string", () => {
    expect(importsOf('// import "../adapters/x"\n/* import "../adapters/y" */\nconst a = "import"')).toEqual([])
  })

  test("is refused when it closes a circle", () => {
    write("protocol/src/circle/a.ts", 'import { b } from "./b"')
    write("protocol/src/circle/b.ts", 'import type { c } from "@suyuan/protocol/circle/c"')
    write("protocol/src/circle/c.ts", 'import { a } from "./a"')
    write("protocol/src/circle/d.ts", 'import { a } from "./a"')
    expect(importCycles(readSources(planted), readWorkspaces(planted))).toEqual([
      "protocol/src/circle/a.ts → protocol/src/circle/b.ts → protocol/src/circle/c.ts → protocol/src/circle/a.ts",
    ])
  })

  test("is refused in a file whose name says nothing", () => {
    expect(emptyNames(["api/src/utils/money.ts", "api/src/sales/sale-helpers.ts", "look/src/common.ts"])).toHaveLength(
      3,
    )
    expect(emptyNames(["api/src/sales/open-sale.ts", "look/src/commodity.ts"])).toEqual([])
  })
})
