/** UTF-8 or nothing. What the signature is checked over must be exactly what came: bytes that are no UTF-8 are refused, not mended. */
export function strictText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
