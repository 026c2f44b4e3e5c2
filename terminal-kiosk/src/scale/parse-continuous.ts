import { asciiOf, gramsOf, type ScaleProtocol, splitLines } from "./scale"

/**
 * `ST,GS,+  1.234kg`: state, gross or net, weight; several times a second without being asked. A&D's standard format,
 * which most cheap indicators copy. ST stable, US unstable, OL overload.
 */
const FRAME = /^(ST|US|OL),(GS|NT|TR),?\s*([+-]?\s*[\d.]*)\s*(kg|g|lb|t)?$/i

export const continuousScale: ScaleProtocol = {
  ...{ baudRate: 9600, dataBits: 8, parity: "none", ask: undefined, tare: asciiOf("T\r\n"), split: splitLines },
  parse(frame) {
    const [, state = "", kind = "", amount = "", unit = ""] = FRAME.exec(frame.trim()) ?? []
    if (state === "") return undefined
    if (state.toUpperCase() === "OL") return { kind: "overload" }
    const grams = gramsOf(amount, unit)
    if (grams === undefined) return undefined
    return { kind: "weight", grams, isStable: state.toUpperCase() === "ST", isNet: kind.toUpperCase() === "NT" }
  },
}
