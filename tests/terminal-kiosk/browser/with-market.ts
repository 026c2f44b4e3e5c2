import { afterAll, beforeAll, setDefaultTimeout } from "bun:test"
import { openWallet, type Wallet } from "../../../scripts/demo/wallet"
import { type KioskMarket, openKioskMarket, START_MS_MAX } from "./market"

/** Only ends one that hangs: machines are shared, and browsers are slow on them. */
const TEST_MS_MAX = 180_000

export type AtMarket = {
  readonly market: KioskMarket
  /** A customer's phone. */
  readonly buyer: Wallet
}

/** A market and a customer for all tests of a file; there once the first of them runs. */
export function withMarket(number: number): AtMarket {
  setDefaultTimeout(TEST_MS_MAX)
  let opened: AtMarket | undefined
  beforeAll(async () => {
    const market = await openKioskMarket(number)
    opened = { market, buyer: await openWallet(market.gateway, market.sandboxUrl, "顾客", "wechat-pay") }
  }, START_MS_MAX)
  afterAll(() => opened?.market.end(), START_MS_MAX)
  const here = () => {
    if (opened === undefined) throw new Error("the market opens before the first test")
    return opened
  }
  return {
    get market() {
      return here().market
    },
    get buyer() {
      return here().buyer
    },
  }
}
