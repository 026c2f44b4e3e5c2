import { describe, expect, test } from "bun:test"
import { toHex } from "@suyuan/protocol/codec/bytes"
import {
  checkReceipt,
  NEW_RECEIPT_CHECK,
  offlineReceiptDigits,
  offlineReceiptMessage,
  receiptDigitsOfMac,
} from "@suyuan/protocol/terminal/offline-receipt"
import { deriveReceiptKey, priceSalt, priceSaltMessage, priceSaltOfMac } from "@suyuan/protocol/terminal/price-salt"
import vectors from "../../vectors/offline-receipt.json"
import payCodes from "../../vectors/pay-code.json"
import { bytesOf, networkId } from "./pay-code-cases"

const terminal = 0x0d0000002a
const receiptKey = bytesOf(vectors.receiptKey)

async function webCryptoMac(message: Uint8Array): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey(
    "raw",
    new Uint8Array(receiptKey),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  )
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, new Uint8Array(message)))
}

describe("offline receipt", () => {
  for (const { counter, amountFen, message, mac, digits } of vectors.receipts) {
    test(`[OR-1] [OR-2] shows ${digits} for counter ${counter}, ${amountFen} fen`, async () => {
      const subject = { networkId, terminal, counter, amountFen }
      expect(toHex(offlineReceiptMessage(subject))).toBe(message)
      expect(receiptDigitsOfMac(bytesOf(mac))).toBe(digits)
      expect(offlineReceiptDigits(receiptKey, subject)).toBe(digits)
      expect(receiptDigitsOfMac(await webCryptoMac(offlineReceiptMessage(subject)))).toBe(digits)
    })
  }

  test("[OR-2] truncates as RFC 4226 §5.3 does, with offsets up to 15 in 32 bytes", () => {
    const mac = new Uint8Array(32)
    mac.set([0xff, 0xff, 0xff, 0xff], 15)
    mac[31] = 0x0f
    expect(receiptDigitsOfMac(mac)).toBe(String(0x7fff_ffff % 1_000_000))
    expect(() => receiptDigitsOfMac(new Uint8Array(20))).toThrow(RangeError)
  })

  test("[OR-3] is six digits even when the number is small", () => {
    expect(receiptDigitsOfMac(new Uint8Array(32))).toBe("000000")
    expect(vectors.receipts.some(({ digits }) => digits.startsWith("00"))).toBe(true)
  })

  test("[OR-1] is another for another network, terminal, counter or amount", () => {
    const subject = { networkId, terminal, counter: 117, amountFen: 1850 }
    const others = [{ networkId: 1 }, { terminal: terminal + 1 }, { counter: 116 }, { amountFen: 1849 }]
    const seen = others.map((other) => offlineReceiptDigits(receiptKey, { ...subject, ...other }))
    expect(seen).not.toContain(offlineReceiptDigits(receiptKey, subject))
  })
})

describe("keys shared with the terminal", () => {
  test("[OR-8] the receipt key is derived from the gateway's master, per network and terminal", () => {
    const master = bytesOf(payCodes.gatewayMaster)
    expect(deriveReceiptKey(master, networkId, terminal)).toEqual(receiptKey)
    expect(deriveReceiptKey(master, networkId, terminal + 1)).not.toEqual(receiptKey)
    expect(deriveReceiptKey(master, 1, terminal)).not.toEqual(receiptKey)
  })

  test("[PC-11] the price salt can be made with a key that only WebCrypto may use", async () => {
    const mac = await webCryptoMac(priceSaltMessage(networkId, terminal, 117))
    expect(priceSaltOfMac(mac)).toEqual(priceSalt(receiptKey, networkId, terminal, 117))
  })
})

describe("checking a receipt at the stall", () => {
  test("[OR-6] accepts the digits once", () => {
    const first = checkReceipt(NEW_RECEIPT_CHECK, "013113", "013113")
    expect(first).toEqual({ verdict: "accepted", check: { wrongTries: 0, used: true } })
    expect(checkReceipt(first.check, "013113", "013113").verdict).toBe("already-used")
  })

  test("[OR-3] does not count the space that the page shows", () => {
    expect(checkReceipt(NEW_RECEIPT_CHECK, "013 113", "013113").verdict).toBe("accepted")
  })

  test("[OR-5] locks after three wrong tries, the right digits included", () => {
    const first = checkReceipt(NEW_RECEIPT_CHECK, "000000", "013113")
    expect(first).toEqual({ verdict: "wrong", check: { wrongTries: 1, used: false }, triesLeft: 2 })
    const second = checkReceipt(first.check, "13113", "013113")
    expect(second).toEqual({ verdict: "wrong", check: { wrongTries: 2, used: false }, triesLeft: 1 })
    const third = checkReceipt(second.check, "", "013113")
    expect(third.verdict).toBe("locked")
    expect(checkReceipt(third.check, "013113", "013113").verdict).toBe("locked")
  })
})
