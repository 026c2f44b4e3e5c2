import { describe, expect, test } from "bun:test"
import { encodeAppend, type LegacyTransaction, signLegacy } from "@suyuan/api/adapters/evm-append"
import { traceLedgerAbi } from "@suyuan/contracts/abi/trace-ledger"
import { getBytes, hexlify, Interface, SigningKey, Wallet } from "ethers"

const abi = new Interface(traceLedgerAbi)
const privateKey = `0x${"7c".repeat(32)}`
const ledger = `0x${"a5".repeat(20)}`

function payloadOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31) % 251)
}

describe("the call data of an append", () => {
  for (const length of [0, 1, 31, 32, 33, 600, 114_688]) {
    test(`is what the contract's interface makes of ${length} bytes`, () => {
      const append = { log: 7, sequence: 4_294_967_296, concerned: [1, 2, 90_000], payload: payloadOf(length) }
      const { log, sequence, concerned, payload } = append
      expect(hexlify(encodeAppend(abi, append))).toBe(
        abi.encodeFunctionData("append", [log, sequence, concerned, payload]),
      )
    })
  }
})

describe("a signed transaction", () => {
  const usual = { nonce: 300, gasPrice: 7n, gasLimit: 6_000_000n, chainId: 712_025, data: payloadOf(600) }
  const cases: readonly (readonly [string, Partial<LegacyTransaction>])[] = [
    ["of the usual kind", {}],
    ["of a batch's length", { data: payloadOf(114_900) }],
    ["of an account's first nonce, on a chain without a price", { nonce: 0, gasPrice: 0n }],
    ["of one byte that stands for itself", { data: Uint8Array.of(0x7f) }],
    ["of one byte that does not", { data: Uint8Array.of(0x80) }],
    ["without data", { data: new Uint8Array(0) }],
    ["of 55 and of 56 bytes", { data: payloadOf(56), nonce: 127 }],
    ["with a nonce of two bytes", { data: payloadOf(55), nonce: 128 }],
  ]
  for (const [name, change] of cases) {
    test(`${name} is what the wallet signs`, async () => {
      const { nonce, gasPrice, gasLimit, chainId, data } = { ...usual, ...change }
      const wallet = new Wallet(privateKey)
      const expected = await wallet.signTransaction({
        ...{ type: 0, to: ledger, nonce, gasPrice, gasLimit, chainId, data: hexlify(data) },
      })
      const signed = signLegacy(new SigningKey(privateKey), {
        ...{ to: getBytes(ledger), nonce, gasPrice, gasLimit, chainId, data },
      })
      expect(hexlify(signed.raw)).toBe(expected)
    })
  }
})
