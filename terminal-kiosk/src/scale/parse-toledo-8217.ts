import { asciiOf, gramsOf, type ScaleProtocol } from "./scale"

/** A status byte may be any byte, STX and CR among them. */
const STX = String.fromCharCode(2)
const FRAME = new RegExp(`${STX}(\\?[\\s\\S]|[\\d.N ]{1,8})\\r`, "g")
/** Status bits (Mettler Toledo 8217 technical manual, "Scale status byte"). */
const MOTION = 0x01
const OVER_CAPACITY = 0x02
const UNDER_ZERO = 0x04
const NET = 0x20
const FRAME_CHARACTERS_MAX = 16

/** Asked with `W`, it answers STX, the weight in kilograms, CR; or STX, `?`, a status byte, CR. Seven bits, even parity. */
export const toledo8217Scale: ScaleProtocol = {
  ...{ baudRate: 9600, dataBits: 7, parity: "even", ask: asciiOf("W"), tare: asciiOf("T") },
  split(bytes) {
    const found = [...bytes.matchAll(FRAME)]
    const last = found.at(-1)
    const rest = last === undefined ? bytes : bytes.slice(last.index + last[0].length)
    return { frames: found.map(([, frame = ""]) => frame), rest: rest.slice(-FRAME_CHARACTERS_MAX) }
  },
  parse(frame) {
    if (!frame.startsWith("?")) {
      const [, amount = "", net = ""] = /^(\d{1,3}\.?\d{0,3})(N?)$/.exec(frame.trim()) ?? []
      const grams = gramsOf(amount, "kg")
      return grams === undefined ? undefined : { kind: "weight", grams, isStable: true, isNet: net === "N" }
    }
    const status = frame.charCodeAt(1)
    if (Number.isNaN(status)) return undefined
    if ((status & OVER_CAPACITY) !== 0) return { kind: "overload" }
    if ((status & UNDER_ZERO) !== 0) return { kind: "underload" }
    // It says no weight while it moves.
    return (status & MOTION) === 0
      ? undefined
      : { kind: "weight", grams: 0, isStable: false, isNet: (status & NET) !== 0 }
  },
}
