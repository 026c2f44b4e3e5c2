import { afterAll, describe, expect, test } from "bun:test"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { testConfig } from "../support/context"

const directory = mkdtempSync(join(tmpdir(), "direct-accounts-"))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const merchant = {
  name: "a-12",
  mchid: "1800000001",
  serial: "5157F09EFDC096DE15EBE81A47057A72",
  privateKeyFile: "a-12/private.pem",
  apiV3KeyFile: "/run/secrets/a-12-api-v3",
  platformKeys: [{ id: "PUB_KEY_ID_0118000000012024", file: "wechatpay.pem" }],
}

function configOf(list: unknown) {
  const path = join(directory, "merchants.json")
  writeFileSync(path, typeof list === "string" ? list : JSON.stringify(list))
  return testConfig({ WECHAT_PAY_MERCHANTS_FILE: path })
}

describe("[PY-20] merchants that collect by themselves, in a file of the configuration", () => {
  test("are none when no file is named", () => {
    expect(testConfig()).toMatchObject({ WECHAT_PAY_MERCHANTS_FILE: [], ALIPAY_MERCHANTS_FILE: [] })
  })

  test("have key files that are named relative to the list", () => {
    const [read] = configOf([merchant]).WECHAT_PAY_MERCHANTS_FILE
    expect(read).toEqual({
      ...merchant,
      privateKeyFile: join(directory, "a-12/private.pem"),
      platformKeys: [{ ...merchant.platformKeys[0]!, file: join(directory, "wechatpay.pem") }],
    })
  })

  test("stop the start with a sentence when the list is not right, and never with what stands in it", () => {
    const other = { ...merchant, name: "a-13", mchid: "1800000002" }
    const faults: [unknown, string][] = [
      ["not json", "names no readable file with a JSON list"],
      [{}, "names no readable file with a JSON list"],
      [[{ ...merchant, mchid: "no-number" }], "entry 0.mchid"],
      [[merchant, { ...other, name: "A 13" }], "entry 1.name"],
      [[{ ...merchant, privateKey: "-----BEGIN" }], "entry 0"],
      [[merchant, { ...other, name: merchant.name }], "the same name"],
      [[merchant, { ...other, mchid: merchant.mchid }], "the same mchid"],
      [[{ ...merchant, platformKeys: [] }], "entry 0.platformKeys"],
    ]
    for (const [list, sentence] of faults) {
      expect(() => configOf(list)).toThrow(sentence)
      expect(() => configOf(list)).toThrow("WECHAT_PAY_MERCHANTS_FILE: ")
      expect(() => configOf(list)).not.toThrow("BEGIN")
    }
    const missing = { WECHAT_PAY_MERCHANTS_FILE: join(directory, "nowhere.json") }
    expect(() => testConfig(missing)).toThrow("names no readable file with a JSON list")
  })
})
