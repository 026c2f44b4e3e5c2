// Who is in the market, entered through the gateway's own HTTP API with the first operator's token: organisations,
// sites, merchants with their payee accounts, terminals, and the wallets that buy for a stall.

import { readScannedUrl } from "@suyuan/miniprogram/scanned-link"
import { answerBinding } from "@suyuan/terminal-kiosk/bindings/answer-binding"
import { showBindCode } from "@suyuan/terminal-kiosk/bindings/show-bind-code"
import { REGULATOR_ORGANISATION, SITE_ORGANISATIONS, sealingKey } from "../deploy-to-chain"
import { type Gateway, granted } from "./gateway"
import type { HeadlessStall } from "./headless-stall"
import type { Commodity } from "./price-list"
import type { Wallet } from "./wallet"

export type SiteKind = (typeof SITE_ORGANISATIONS)[number]["role"]

export type NewSite = {
  readonly kind: SiteKind
  /** Number in records. */
  readonly number: number
  readonly name: string
  readonly nameEn: string
  readonly regionCode: string
}

/** Wholesale trade crosses midnight: its day begins at noon. */
const DAY_STARTS_AT_MINUTES = { base: 0, wholesale: 720, market: 0 } as const

/** The same id for the same thing, so that entering it again changes nothing. */
function idOf(kind: "participant" | "site" | "merchant", number: number): string {
  const group = { participant: "7001", site: "7002", merchant: "7003" }[kind]
  return `0199d3a0-7c1e-${group}-8000-${number.toString(16).padStart(12, "0")}`
}

/** Organisations as they stand on the chain that this directory's supervisor set up. */
export async function addOrganisations(gateway: Gateway, directory: string): Promise<void> {
  const all = [
    ...SITE_ORGANISATIONS,
    { number: REGULATOR_ORGANISATION, name: "Suyuan development regulator 溯源演示监管", role: "regulator" as const },
  ]
  for (const { number, name, role } of all) {
    const body = {
      ...{ id: idOf("participant", number), number, role },
      name: name.split(" ").at(-1) ?? name,
      nameEn: name.split(" ").slice(0, -1).join(" "),
      sealingKey: sealingKey(directory, number).slice(2),
    }
    granted(`organisation ${number}`, await gateway.operator.post("/participants", { body }))
  }
}

export async function addSite(gateway: Gateway, site: NewSite): Promise<string> {
  const organisation = SITE_ORGANISATIONS.find(({ role }) => role === site.kind)?.number ?? 0
  const id = idOf("site", site.number)
  const body = {
    ...{ id, number: site.number, participantId: idOf("participant", organisation), kind: site.kind },
    ...{ name: site.name, nameEn: site.nameEn, regionCode: site.regionCode, zone: "Asia/Shanghai" },
    dayStartsAtMinutes: DAY_STARTS_AT_MINUTES[site.kind],
  }
  granted(`site ${site.name}`, await gateway.operator.post("/sites", { body }))
  return id
}

/** A merchant with an account at both platforms. @param number also makes its payee accounts in the sandbox's range */
export async function addMerchant(
  gateway: Gateway,
  merchant: { readonly number: number; readonly siteId: string; readonly stallNumber: string; readonly name: string },
): Promise<string> {
  const { number, siteId, stallNumber, name } = merchant
  const id = idOf("merchant", number)
  granted(`merchant ${name}`, await gateway.operator.post("/merchants", { body: { id, siteId, stallNumber, name } }))
  const seller = `2088${String(100_000_000_000 + number)}`
  const accounts = [
    { platform: "wechat-pay" as const, account: String(1_900_000_200 + number) },
    { platform: "alipay" as const, account: seller, authToken: `sandbox-auth-${seller}` },
  ]
  for (const body of accounts) {
    granted(`payee of ${name}`, await gateway.operator.post("/merchants/{id}/payees", { path: { id }, body }))
  }
  return id
}

export async function publishCatalogue(gateway: Gateway, commodities: readonly Commodity[]): Promise<void> {
  const known = granted("the catalogue", await gateway.operator.get("/catalogue"))
  if (known.version > 0) return
  const entries = commodities.map((commodity) => ({ ...commodity, synonyms: [] }))
  granted("publishing the catalogue", await gateway.operator.put("/catalogue", { body: { version: 1, entries } }))
}

/** The stall shows its bind code, the wallet answers it, both screens show the same digits, the stall confirms. */
export async function bindWallet(gateway: Gateway, stall: HeadlessStall, wallet: Wallet): Promise<void> {
  const shown = await showBindCode(stall.terminal)
  const link = readScannedUrl(shown.url)
  if (!link.ok || link.value.kind !== "bind") throw new Error(`${shown.url} is no bind code`)
  const answer = await gateway.as(wallet.token).post("/bindings", { body: { code: link.value.digits } })
  const claimed = granted(`the wallet of ${wallet.name}`, answer)
  const { store } = stall.terminal
  await stall.until("a bound wallet", async () => (await store.get("bindings", claimed.id)) !== undefined)
  const row = await store.get("bindings", claimed.id)
  if (row?.digits !== claimed.checkDigits) throw new Error("phone and terminal show different digits")
  const confirmed = await answerBinding(stall.terminal, gateway.transport, claimed.id, "confirm")
  if (!confirmed.ok) throw new Error(`a binding was not confirmed: ${JSON.stringify(confirmed.error)}`)
}
