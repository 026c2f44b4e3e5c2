/**
 * Codes that a person reads from one screen and types into another: Crockford's base32, upper case, no I, L, O, U.
 * https://www.crockford.com/base32.html, without its check symbol.
 */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

/** The first `characters` × 5 bits. @throws RangeError when there are fewer. */
export function toCrockford(bytes: Uint8Array, characters: number): string {
  if (bytes.length * 8 < characters * 5) throw new RangeError(`${characters} characters need more bytes`)
  let text = ""
  let held = 0
  let heldBits = 0
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff
    heldBits += 8
    while (heldBits >= 5 && text.length < characters) {
      heldBits -= 5
      text += ALPHABET[(held >> heldBits) & 31]!
    }
  }
  return text
}

/** What was meant by what was typed: case, spaces, hyphens and the look-alikes I, L and O do not matter. */
export function readCrockford(typed: string, characters: number): string | undefined {
  if (typed.length > 4 * characters) return undefined
  const text = typed.toUpperCase().replace(/[\s-]/g, "").replace(/[IL]/g, "1").replaceAll("O", "0")
  return text.length === characters && [...text].every((letter) => ALPHABET.includes(letter)) ? text : undefined
}

/** `ABCDE-FGHJK`: groups that the eye can hold. */
export function groupCode(text: string, size: number): string {
  const groups: string[] = []
  for (let at = 0; at < text.length; at += size) groups.push(text.slice(at, at + size))
  return groups.join("-")
}
