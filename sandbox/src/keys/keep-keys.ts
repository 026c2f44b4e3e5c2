/**
 * The sandbox's keys: made on the first start, kept in `<dataDir>/sandbox/keys`, mode 0600.
 * The merchant's and the app's private keys are here too, because in development this process also plays the
 * platforms' web sites where a merchant would make them.
 */
import { createPublicKey, generateKeyPair, randomBytes } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { alipay, directAlipay, directWechat, wechat } from "../accounts"
import { selfSignedCertificate } from "./certificate"

const makePair = promisify(generateKeyPair)
const tenYearsMs = 10 * 365 * 24 * 3600 * 1000

export interface KeyPair {
  /** PKCS#8 and SPKI PEM, without a trailing newline: alipay-sdk fails on one. */
  readonly privatePem: string
  readonly publicPem: string
}

/** One merchant number of WeChat Pay. */
export interface MerchantKeys extends KeyPair {
  readonly serial: string
  readonly certificatePem: string
  /** 32 ASCII characters: AES-256 key of its notifications and certificates. */
  readonly apiV3Key: string
  /** Names of its files. */
  readonly files: { readonly privateKey: string; readonly apiV3Key: string }
}

export interface AppKeys extends KeyPair {
  readonly files: { readonly privateKey: string }
}

export interface SandboxKeys {
  readonly directory: string
  /** WeChat Pay's newer way: one public key known by an id. */
  readonly wechatPublic: KeyPair & { readonly id: string }
  /** WeChat Pay's older way: a platform certificate known by its serial number. */
  readonly wechatCertificate: KeyPair & { readonly serial: string; readonly certificatePem: string }
  /** By merchant number: the service provider and those that collect by themselves. */
  readonly merchants: ReadonlyMap<string, MerchantKeys>
  /** By app id: the gateway's app and those of merchants. */
  readonly alipayApps: ReadonlyMap<string, AppKeys>
  readonly alipayPlatform: KeyPair
  readonly appSecret: string
  readonly miniSecret: string
  /** Bearer token of `PUT /sandbox/corner`. */
  readonly cornerToken: string
}

/** A file's text, made on first use; written beside and renamed, so a kill leaves a whole file or none. */
function kept(directory: string, name: string, make: () => string): string {
  const path = join(directory, name)
  if (!existsSync(path)) {
    writeFileSync(`${path}.new`, make(), { mode: 0o600 })
    renameSync(`${path}.new`, path)
  }
  return readFileSync(path, "utf8").trim()
}

async function keptPair(directory: string, name: string): Promise<KeyPair> {
  const privateName = `${name}-private.pem`
  if (!existsSync(join(directory, privateName))) {
    const { privateKey } = await makePair("rsa", { modulusLength: 2048 })
    kept(directory, privateName, () => privateKey.export({ type: "pkcs8", format: "pem" }).toString().trim())
  }
  const privatePem = kept(directory, privateName, () => "")
  const publicPem = kept(directory, `${name}-public.pem`, () =>
    createPublicKey(privatePem).export({ type: "spki", format: "pem" }).toString().trim(),
  )
  return { privatePem, publicPem }
}

function keptSerial(directory: string, name: string): string {
  return kept(directory, `${name}-serial`, () => `5${randomBytes(20).toString("hex").slice(1)}`.toUpperCase())
}

function keptCertificate(directory: string, name: string, pair: KeyPair, subject: string, nowMs: number) {
  const serial = keptSerial(directory, name)
  const certificatePem = kept(directory, `${name}-certificate.pem`, () =>
    selfSignedCertificate({
      privateKeyPem: pair.privatePem,
      name: subject,
      serial,
      validFromMs: nowMs - 24 * 3600 * 1000,
      validToMs: nowMs + tenYearsMs,
    }),
  )
  return { ...pair, serial, certificatePem }
}

async function keptMerchant(
  directory: string,
  { mchid, name }: { mchid: string; name: string },
  nowMs: number,
): Promise<[string, MerchantKeys]> {
  const files = {
    privateKey: `${name}-private.pem`,
    apiV3Key: name === "merchant" ? "api-v3-key" : `${name}-api-v3-key`,
  }
  const pair = await keptPair(directory, name)
  const apiV3Key = kept(directory, files.apiV3Key, () => randomBytes(16).toString("hex"))
  return [mchid, { ...keptCertificate(directory, name, pair, "Sandbox merchant", nowMs), apiV3Key, files }]
}

async function keptApp(
  directory: string,
  { appId, name }: { appId: string; name: string },
): Promise<[string, AppKeys]> {
  return [appId, { ...(await keptPair(directory, name)), files: { privateKey: `${name}-private.pem` } }]
}

/** @param sandboxDir `<dataDir>/sandbox` */
export async function keepKeys(sandboxDir: string, nowMs: number): Promise<SandboxKeys> {
  const directory = join(sandboxDir, "keys")
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const names = ["wechat-public", "wechat-platform", "alipay-platform"] as const
  const [wechatPublic, wechatPlatform, alipayPlatform] = (await Promise.all(
    names.map((name) => keptPair(directory, name)),
  )) as [KeyPair, KeyPair, KeyPair]
  const merchants = await Promise.all([
    keptMerchant(directory, { mchid: wechat.spMchid, name: "merchant" }, nowMs),
    ...directWechat.map(({ name, mchid }) => keptMerchant(directory, { mchid, name: `merchant-${name}` }, nowMs)),
  ])
  const apps = await Promise.all([
    keptApp(directory, { appId: alipay.appId, name: "alipay-app" }),
    ...directAlipay.map(({ name, appId }) => keptApp(directory, { appId, name: `alipay-app-${name}` })),
  ])
  const id = kept(directory, "wechat-public-id", () => `PUB_KEY_ID_0${BigInt(`0x${randomBytes(12).toString("hex")}`)}`)
  return {
    directory,
    wechatPublic: { ...wechatPublic, id },
    wechatCertificate: keptCertificate(directory, "wechat-platform", wechatPlatform, "WeChat Pay sandbox", nowMs),
    merchants: new Map(merchants),
    alipayApps: new Map(apps),
    alipayPlatform,
    appSecret: kept(directory, "wechat-app-secret", () => randomBytes(16).toString("hex")),
    miniSecret: kept(directory, "wechat-mini-secret", () => randomBytes(16).toString("hex")),
    cornerToken: kept(directory, "corner-token", () => randomBytes(24).toString("base64url")),
  }
}

/** Keys of a merchant number that the caller knows to exist. */
export function merchantKeys(keys: SandboxKeys, mchid: string): MerchantKeys {
  const found = keys.merchants.get(mchid)
  if (found === undefined) throw new Error(`the sandbox has no merchant ${mchid}`)
  return found
}
