/**
 * Merchants that collect with their own merchant number or app, as the files name them that `WECHAT_PAY_MERCHANTS_FILE`
 * and `ALIPAY_MERCHANTS_FILE` point to: JSON, a list. Keys are files of their own, named relative to the list. A
 * merchant's payee says only the account's name; nothing of this is ever in the database.
 */
import { readFileSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { z } from "zod"

/** How a payee names an account, and its last part in the address of its notifications. */
export const directAccountPattern = /^[a-z][a-z0-9-]{0,31}$/

const file = z.string().min(1)
const name = z.string().regex(directAccountPattern, "a name of a-z, 0-9 and -, at most 32 long")

const wechatPayMerchant = z.strictObject({
  name,
  /** The merchant's own number, bound to the gateway's official account and mini-program. */
  mchid: z.string().regex(/^\d{8,32}$/),
  /** Serial of the merchant's API certificate. */
  serial: z.string().regex(/^[0-9A-F]{8,64}$/),
  privateKeyFile: file,
  apiV3KeyFile: file,
  /** `PUB_KEY_ID_…` or certificate serial; the first is the one that answers are asked to be signed with. */
  platformKeys: z
    .array(z.strictObject({ id: z.string().min(8).max(80), file }))
    .min(1)
    .max(4),
})

const alipayMerchant = z.strictObject({
  name,
  /** The merchant's own app. */
  appId: z.string().regex(/^\d{16}$/),
  /** Who is paid: the user number of the app's owner. */
  sellerId: z.string().regex(/^2088\d{12}$/),
  privateKeyFile: file,
  publicKeyFile: file,
})

export type WechatPayMerchant = z.infer<typeof wechatPayMerchant>
export type AlipayMerchant = z.infer<typeof alipayMerchant>

/** A setting that names such a list; read, checked, with paths made absolute. Without it nobody collects directly. */
export const wechatPayMerchants = listSetting(wechatPayMerchant, ["name", "mchid"], (merchant, path) => ({
  ...merchant,
  privateKeyFile: path(merchant.privateKeyFile),
  apiV3KeyFile: path(merchant.apiV3KeyFile),
  platformKeys: merchant.platformKeys.map((key) => ({ ...key, file: path(key.file) })),
}))
export const alipayMerchants = listSetting(alipayMerchant, ["name", "appId"], (merchant, path) => ({
  ...merchant,
  privateKeyFile: path(merchant.privateKeyFile),
  publicKeyFile: path(merchant.publicKeyFile),
}))

function listSetting<T extends object>(
  entry: z.ZodType<T>,
  distinct: readonly (keyof T & string)[],
  resolved: (entry: T, path: (name: string) => string) => T,
) {
  return file.optional().transform((path, issues): readonly T[] => {
    if (path === undefined) return []
    const parsed = z.array(entry).max(1000).safeParse(readJson(path))
    const fault = parsed.success ? repeatedIn(parsed.data, distinct) : faultOf(parsed.error)
    if (fault !== undefined || !parsed.success) {
      issues.addIssue({ code: "custom", message: fault ?? "cannot be read" })
      return z.NEVER
    }
    return parsed.data.map((one) => resolved(one, (name) => resolve(dirname(path), name)))
  })
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"))
  } catch {
    return undefined
  }
}

/** Where in the list and why; never what stands there. */
function faultOf(error: z.ZodError): string {
  const [issue] = error.issues
  const at = issue?.path.map(String).join(".")
  return at ? `the file's entry ${at}: ${issue?.message}` : "names no readable file with a JSON list"
}

function repeatedIn<T>(list: readonly T[], names: readonly (keyof T & string)[]): string | undefined {
  return names
    .filter((name) => new Set(list.map((one) => one[name])).size < list.length)
    .map((name) => `two entries of the file have the same ${name}`)
    .at(0)
}
