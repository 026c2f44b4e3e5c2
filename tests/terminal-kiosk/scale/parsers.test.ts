// Frames written from the formats as they are known; none is copied from a maker's manual, and none came off a scale.
import { describe, expect, test } from "bun:test"
import { casScale } from "@suyuan/terminal-kiosk/scale/parse-cas"
import { continuousScale } from "@suyuan/terminal-kiosk/scale/parse-continuous"
import { mtSicsScale } from "@suyuan/terminal-kiosk/scale/parse-mt-sics"
import { toledo8217Scale } from "@suyuan/terminal-kiosk/scale/parse-toledo-8217"
import type { ScaleProtocol, ScaleReading } from "@suyuan/terminal-kiosk/scale/scale"
import fc from "fast-check"

const weight = (grams: number, isStable = true, isNet = false): ScaleReading => ({
  ...{ kind: "weight", grams, isStable, isNet },
})

/** Bytes as a port brings them, in pieces of this many. */
function read(protocol: ScaleProtocol, bytes: string, pieces: number): ScaleReading[] {
  const readings: ScaleReading[] = []
  let text = ""
  for (let at = 0; at < bytes.length; at += pieces) {
    const { frames, rest } = protocol.split(text + bytes.slice(at, at + pieces))
    text = rest
    for (const frame of frames) readings.push(...[protocol.parse(frame)].filter((one) => one !== undefined))
  }
  return readings
}

const rows: readonly (readonly [string, ScaleProtocol, string, readonly ScaleReading[]])[] = [
  ["continuous, stable", continuousScale, "ST,GS,+  1.234kg\r\n", [weight(1234)]],
  ["continuous, moving, net", continuousScale, "US,NT,-  0.050kg\r\n", [weight(-50, false, true)]],
  ["continuous, in grams", continuousScale, "ST,GS,+   500  g\r\n", [weight(500)]],
  ["continuous, overload", continuousScale, "OL,GS,+99999.9kg\r\n", [{ kind: "overload" }]],
  ["Toledo 8217, stable", toledo8217Scale, "\u000201.230\r", [weight(1230)]],
  ["Toledo 8217, net", toledo8217Scale, "\u000200.500N\r", [weight(500, true, true)]],
  ["Toledo 8217, moving", toledo8217Scale, "\u0002?\u0001\r", [weight(0, false)]],
  ["Toledo 8217, overload", toledo8217Scale, "\u0002?\u0002\r", [{ kind: "overload" }]],
  ["Toledo 8217, below zero", toledo8217Scale, "\u0002?\u0004\r", [{ kind: "underload" }]],
  ["MT-SICS, stable", mtSicsScale, "S S     1.234 kg\r\n", [weight(1234)]],
  ["MT-SICS, dynamic, grams", mtSicsScale, "S D     100.5 g\r\n", [weight(101, false)]],
  ["MT-SICS, overload and underload", mtSicsScale, "S +\r\nS -\r\n", [{ kind: "overload" }, { kind: "underload" }]],
  ["MT-SICS, busy", mtSicsScale, "S I\r\n", []],
  ["CAS, stable net", casScale, "ST,NT,\u0001\u0082,   1.234 kg\r\n", [weight(1234, true, true)]],
  ["CAS, moving", casScale, "US,GS,\u0001\u0082,   0.500 kg\r\n", [weight(500, false)]],
  ["CAS, overload", casScale, "OL,GS,\u0001\u0082,         kg\r\n", [{ kind: "overload" }]],
]

describe.each([1, 3, 1000])("in pieces of %i bytes", (pieces) => {
  test.each(rows)("%s", (_name, protocol, bytes, expected) => {
    expect(read(protocol, bytes, pieces)).toEqual([...expected])
  })
})

test.each([
  ["continuous", continuousScale],
  ["8217", toledo8217Scale],
  ["MT-SICS", mtSicsScale],
  ["CAS", casScale],
] as const)("%s: noise is no weight, and a frame after it is read", (_name, protocol) => {
  const [, , frame = ""] = rows.find(([, own]) => own === protocol) ?? []
  fc.assert(
    fc.property(fc.string({ unit: "binary-ascii", maxLength: 200 }), (noise) => {
      const readings = read(protocol, `${noise}\r\n${frame}`, 7)
      expect(readings.at(-1)).toMatchObject({ kind: "weight", isStable: true })
    }),
    { numRuns: 100 },
  )
})
