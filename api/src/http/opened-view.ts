import { toString as drawCode } from "qrcode"
import type { OpenedPayment } from "../payments/open-payment"
import type { Bridge } from "../payments/payment-provider"

/** As a page's script reads it. */
export async function openedView({ outTradeNo, attempt, sale, expiresAt, bridge }: OpenedPayment) {
  return {
    attempt: { outTradeNo, state: attempt, expiresAt: expiresAt.toISOString() },
    sale: { state: sale.state, paidFen: sale.paidFen, refundedFen: sale.refundedFen, version: sale.version },
    bridge: bridge === undefined ? null : await bridgeView(bridge),
  }
}

/** As the wallet's own call spells it: `my.tradePay({tradeNO})`. A code comes drawn: the page draws nothing. */
export async function bridgeView(bridge: Bridge) {
  switch (bridge.kind) {
    case "alipay":
      return { kind: bridge.kind, tradeNO: bridge.tradeNo }
    case "native": {
      const svg = await drawCode(bridge.codeUrl, { type: "svg", errorCorrectionLevel: "M", margin: 2 })
      return { ...bridge, image: `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}` }
    }
    case "wechat-jsapi":
    case "redirect":
      return bridge
  }
}
