import { createCipheriv } from "node:crypto"
import { concatBytes } from "@suyuan/protocol/codec/bytes"
import type { EncryptSection } from "@suyuan/sealing/seal-section"

/** In one call, where WebCrypto imports a key and makes two promises for each section. */
export const encryptSection: EncryptSection = ({ key, nonce, additionalData, text }) => {
  const cipher = createCipheriv("aes-256-gcm", key, nonce)
  cipher.setAAD(additionalData)
  const ciphertext = cipher.update(text)
  // GCM is a stream: nothing is left for the end but the tag.
  cipher.final()
  return concatBytes(ciphertext, cipher.getAuthTag())
}
