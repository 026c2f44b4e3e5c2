import { expect, test } from "bun:test"
import { encryptSection } from "@suyuan/api/ledger/encrypt-section"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { openSection, sealSection } from "@suyuan/sealing/seal-section"

const context = { networkId: 0x64656d6f, chainId: 712_025, contract: new Uint8Array(20).fill(9), log: 4 }
const place = {
  context,
  recordId: new Uint8Array(16).fill(3),
  section: "public",
  audienceKey: new Uint8Array(32).fill(5),
} as const

for (const length of [1, 16, 17, 300, 4_000]) {
  test(`[SE-6] ${length} bytes are sealed to what WebCrypto makes of them, and open`, async () => {
    const text = Uint8Array.from({ length }, (_, index) => (index * 13) % 256)
    const sealed = await sealSection(place, text, encryptSection)
    expect(toHex(sealed.ciphertext)).toBe(toHex((await sealSection(place, text)).ciphertext))
    const opened = await openSection(place, sealed)
    expect(opened.ok && toHex(opened.value.bytes)).toBe(toHex(text))
  })
}
