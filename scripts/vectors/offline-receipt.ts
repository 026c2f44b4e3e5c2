/** tests/vectors/offline-receipt.json. `bun scripts/vectors/offline-receipt.ts` */
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import {
  offlineReceiptDigits,
  offlineReceiptMessage,
  type ReceiptSubject,
} from "@suyuan/protocol/terminal/offline-receipt"
import { networkId, receiptKey, terminal } from "./test-stall"
import { writeVectorsOnce } from "./write-once"

function vectorOf(subject: ReceiptSubject): object {
  const message = offlineReceiptMessage(subject)
  return {
    counter: subject.counter,
    amountFen: subject.amountFen,
    message: toHex(message),
    mac: toHex(hmac(sha256, receiptKey, message)),
    digits: offlineReceiptDigits(receiptKey, subject),
  }
}

const subjects: ReceiptSubject[] = [
  { networkId, terminal, counter: 117, amountFen: 1850 },
  { networkId, terminal, counter: 117, amountFen: 1851 },
  { networkId, terminal, counter: 118, amountFen: 1850 },
  { networkId, terminal, counter: 0, amountFen: 1 },
  { networkId, terminal, counter: 4_294_967_295, amountFen: 4_294_967_295 },
]
/** A receipt whose number is small: its leading zeros are shown. */
const withZeros = Array.from({ length: 1000 }, (_, counter) => ({ networkId, terminal, counter, amountFen: 990 })).find(
  (subject) => offlineReceiptDigits(receiptKey, subject).startsWith("00"),
)

writeVectorsOnce("offline-receipt", {
  source: "scripts/vectors/offline-receipt.ts with the published keys of scripts/vectors/test-stall.ts",
  networkId,
  terminal: terminalToHex(terminal),
  receiptKey: toHex(receiptKey),
  receipts: [...subjects, withZeros!].map(vectorOf),
})
