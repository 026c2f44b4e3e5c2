/**
 * Port to a scale: what it says now, as often as it says something. Frames of real scales are read by the pure parsers
 * beside this file; `web-serial-scale` brings their bytes, `simulated-scale` invents some. Typing a weight always works.
 */

export type ScaleReading =
  /** Net of the tare; may be negative while a tared dish is away. */
  | { readonly kind: "weight"; readonly grams: number; readonly isStable: boolean; readonly isNet: boolean }
  | { readonly kind: "overload" }
  /** Below zero, or not ready. */
  | { readonly kind: "underload" }

export type ScaleState =
  | ScaleReading
  | { readonly kind: "away" }
  /** Several adapters may be the scale's: a person has to say which. */
  | { readonly kind: "ambiguous" }

export interface Scale {
  /** The newest state at once, and each one after it. Returns how to stop. */
  readonly watch: (look: (state: ScaleState) => void) => () => void
  readonly tare: () => Promise<void>
  readonly close: () => Promise<void>
}

/** How one kind of scale talks. */
export interface ScaleProtocol {
  readonly baudRate: number
  readonly dataBits: 7 | 8
  readonly parity: "none" | "even" | "odd"
  /** What is sent to be told the weight; a scale that talks by itself is asked nothing. */
  readonly ask: Uint8Array | undefined
  readonly tare: Uint8Array
  /** Whole frames in what has come so far; the rest is kept for the next bytes. */
  readonly split: (bytes: string) => { readonly frames: readonly string[]; readonly rest: string }
  /** `undefined` for a frame that is none: noise on the line, half a frame after plugging in. */
  readonly parse: (frame: string) => ScaleReading | undefined
}

export const asciiOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Text up to a line's end; a line that never ends is noise. */
const LINE_CHARACTERS_MAX = 64

export function splitLines(bytes: string): { readonly frames: readonly string[]; readonly rest: string } {
  const lines = bytes.split(/\r\n|\r|\n/)
  const rest = lines.pop() ?? ""
  return { frames: lines.filter((line) => line !== ""), rest: rest.length > LINE_CHARACTERS_MAX ? "" : rest }
}

const gramsPerUnit: Readonly<Record<string, number>> = { kg: 1000, g: 1, t: 1_000_000, lb: 453.592_37, jin: 500 }

/** Decimal text and its unit as whole grams; `undefined` for a unit that no market here weighs in. */
export function gramsOf(amount: string, unit: string): number | undefined {
  const perUnit = gramsPerUnit[unit.trim().toLowerCase()]
  const value = Number(amount.replaceAll(" ", ""))
  if (perUnit === undefined || amount.trim() === "" || !Number.isFinite(value)) return undefined
  return Math.round(value * perUnit)
}
