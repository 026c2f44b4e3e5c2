import { useEffect, useState } from "react"
import { casScale } from "../../src/scale/parse-cas"
import { continuousScale } from "../../src/scale/parse-continuous"
import { mtSicsScale } from "../../src/scale/parse-mt-sics"
import { toledo8217Scale } from "../../src/scale/parse-toledo-8217"
import type { Scale, ScaleState } from "../../src/scale/scale"
import { openSimulatedScale } from "../../src/scale/simulated-scale"
import { openWebSerialScale, serialOf } from "../../src/scale/web-serial-scale"
import type { SettingsRow } from "../../src/store/rows"

const protocols = { continuous: continuousScale, "toledo-8217": toledo8217Scale, "mt-sics": mtSicsScale, cas: casScale }

/** One scale for as long as the page is open: a port is opened once. */
let opened: { readonly kind: SettingsRow["scale"]; readonly scale: Scale } | undefined
/** The port of the one before is its own until this is over. */
let closing: Promise<unknown> = Promise.resolve()

function closeOpened(): void {
  closing = Promise.all([closing, opened?.scale.close()])
  opened = undefined
}

function scaleOf(kind: SettingsRow["scale"]): Scale | undefined {
  if (opened?.kind === kind) return opened.scale
  closeOpened()
  const serial = serialOf(navigator)
  if (kind === "none" || (kind !== "simulated" && serial === undefined)) return undefined
  const scale =
    kind === "simulated" ? openSimulatedScale() : openWebSerialScale(serial!, protocols[kind], { after: closing })
  opened = { kind, scale }
  return scale
}

/**
 * A person has to point at the port once; the browser remembers it. Opens the scale anew. Why there is no port, where
 * nobody pointed at one or this browser has none.
 */
export async function chooseScalePort(): Promise<"scaleNotChosen" | "scaleUnsupported" | undefined> {
  const serial = serialOf(navigator)
  if (serial === undefined) return "scaleUnsupported"
  const isChosen = await serial.requestPort().then(
    () => true,
    () => false,
  )
  if (!isChosen) return "scaleNotChosen"
  closeOpened()
  return undefined
}

export function useScale(kind: SettingsRow["scale"]): readonly [ScaleState, Scale | undefined] {
  const [state, setState] = useState<ScaleState>({ kind: "away" })
  const scale = scaleOf(kind)
  useEffect(() => scale?.watch(setState), [scale])
  return [state, scale]
}
