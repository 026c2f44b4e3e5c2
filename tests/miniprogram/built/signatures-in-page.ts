// What browser-signatures.test.ts calls in a page: each answer, and what the browser itself had said.
import { browserSignatures } from "@suyuan/miniprogram/browser-signatures"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import type { SignatureAlgorithm } from "@suyuan/protocol/terminal/signature"

type Case = Readonly<Record<"algorithm" | "publicKey" | "message" | "signature", string>>
const bytes = (hex: string) => fromHex(hex) ?? new Uint8Array()

async function answer({ algorithm, publicKey, message, signature }: Case) {
  let byBrowser = false
  const { subtle } = crypto
  const noted: SubtleCrypto["verify"] = async (...asked) => {
    byBrowser = await subtle.verify(...asked)
    return byBrowser
  }
  const importKey = subtle.importKey.bind(subtle) as SubtleCrypto["importKey"]
  const { verifySignature } = browserSignatures({ importKey, verify: noted })
  const asked = [algorithm as SignatureAlgorithm, bytes(publicKey), bytes(message), bytes(signature)] as const
  return { verified: await verifySignature(...asked), byBrowser }
}

Object.assign(globalThis, { answers: (cases: readonly Case[]) => Promise.all(cases.map(answer)) })
