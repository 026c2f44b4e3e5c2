/** The fixed accounts of the sandbox. Development only: production refuses these numbers along with the sandbox's keys. */

export type Platform = "wechat-pay" | "alipay"

export const wechat = {
  /** Service provider that signs every request. */
  spMchid: "1900000001",
  /** Official account, for H5 pages inside WeChat. */
  appId: "wx5375797561483521",
  miniAppId: "wx537579756d696e69",
  /** Subscription message of the mini-program that tells of a recall. */
  recallTemplateId: "c2FuZGJveC13ZWNoYXQtcmVjYWxs",
} as const

export const alipay = {
  appId: "2021000100000001",
  /** The app's own account: who is paid when no `app_auth_token` is given. */
  sellerId: "2088000000000001",
  /** Template message that tells of a recall. */
  recallTemplateId: "c2FuZGJveC1hbGlwYXktcmVjYWxs",
} as const

/** Merchants with a merchant number of their own, each with its own keys: what `gateway.env` names as direct accounts. */
export const directWechat = [
  { name: "stall-a", mchid: "1800000001" },
  { name: "stall-b", mchid: "1800000002" },
] as const

/** Merchants with an app of their own. */
export const directAlipay = [
  { name: "stall-a", appId: "2021000100000011", sellerId: "2088000000000011" },
  { name: "stall-b", appId: "2021000100000012", sellerId: "2088000000000012" },
] as const

/** Whom an app collects for without a token. */
export function ownerOfApp(appId: string): string | undefined {
  return appId === alipay.appId ? alipay.sellerId : directAlipay.find((own) => own.appId === appId)?.sellerId
}

/** Payees that exist: every number from `first` to `last`. */
export interface PayeeRange {
  readonly first: string
  readonly last: string
}

export const defaultSubMchids: PayeeRange = { first: "1900000100", last: "1999999999" }
export const defaultSellerIds: PayeeRange = { first: "2088000000000001", last: "2088899999999999" }

export function inRange(range: PayeeRange, number: string): boolean {
  return /^\d+$/.test(number) && number.length === range.first.length && number >= range.first && number <= range.last
}

/** `app_auth_token` by which the app acts for one seller: `sandbox-auth-<seller id>`. */
export function sellerOfToken(token: string): string | undefined {
  return /^sandbox-auth-(2088\d{12})$/.exec(token)?.[1]
}
