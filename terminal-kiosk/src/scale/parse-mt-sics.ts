import { asciiOf, gramsOf, type ScaleProtocol, splitLines } from "./scale"

/**
 * MT-SICS level 0: asked with `SI`, a scale answers `S S     1.234 kg` (stable) or `S D …` (dynamic), `S +` overload,
 * `S -` underload, `S I` not executable now.
 */
const FRAME = /^SI?\s+([SD])\s+([+-]?[\d.]+)\s+(\S+)$/

export const mtSicsScale: ScaleProtocol = {
  ...{ baudRate: 9600, dataBits: 8, parity: "none", ask: asciiOf("SI\r\n"), tare: asciiOf("T\r\n"), split: splitLines },
  parse(frame) {
    const text = frame.trim()
    if (/^SI?\s+\+$/.test(text)) return { kind: "overload" }
    if (/^SI?\s+-$/.test(text)) return { kind: "underload" }
    const [, state = "", amount = "", unit = ""] = FRAME.exec(text) ?? []
    const grams = gramsOf(amount, unit)
    // Level 0 does not say whether a tare is set.
    return grams === undefined ? undefined : { kind: "weight", grams, isStable: state === "S", isNet: false }
  },
}
