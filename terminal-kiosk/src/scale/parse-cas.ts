import { asciiOf, gramsOf, type ScaleProtocol, splitLines } from "./scale"

/**
 * CAS, 22 bytes: `ST,NT,`, a device byte, a lamp byte, a comma, eight characters of weight, a blank, two of unit, CR LF.
 * State and net are read from the text, not from the lamps.
 */
const FRAME_CHARACTERS = 20

export const casScale: ScaleProtocol = {
  ...{ baudRate: 9600, dataBits: 8, parity: "none", ask: undefined, tare: asciiOf("T"), split: splitLines },
  parse(frame) {
    if (frame.length !== FRAME_CHARACTERS) return undefined
    const [state, kind] = [frame.slice(0, 2), frame.slice(3, 5)]
    if (state === "OL") return { kind: "overload" }
    if (state !== "ST" && state !== "US") return undefined
    const grams = gramsOf(frame.slice(9, 17), frame.slice(17))
    return grams === undefined ? undefined : { kind: "weight", grams, isStable: state === "ST", isNet: kind === "NT" }
  },
}
