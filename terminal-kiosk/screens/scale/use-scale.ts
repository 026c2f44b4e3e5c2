import { DEVELOPMENT_NETWORK_ID, type NetworkId } from "@suyuan/protocol/network"
import { useEffect, useState } from "react"
import { casScale } from "../../src/scale/parse-cas"
import { continuousScale } from "../../src/scale/parse-continuous"
import { mtSicsScale } from "../../src/scale/parse-mt-sics"
import { toledo8217Scale } from "../../src/scale/parse-toledo-8217"
import type { Scale, ScaleState } from "../../src/scale/scale"
import { openSimulatedScale } from "../../src/scale/simulated-scale"
import { openWebSerialScale, serialOf } from "../../src/scale/web-serial-scale"
import type { SettingsRow } from "../../src/store/rows"
import type { Kiosk } from "../session/kiosk"
import { useKiosk } from "../session/use-kiosk"
import { noteTwin, pointAtPort, scalePortOf } from "./scale-port"

const protocols = { continuous: continuousScale, "toledo-8217": toledo8217Scale, "mt-sics": mtSicsScale, cas: casScale }

/** One that weighs nothing is for demonstrations: no goods are sold by it where money is real. */
export function isScaleOf(networkId: NetworkId, kind: SettingsRow["scale"]): boolean {
  return kind !== "simulated" || networkId === DEVELOPMENT_NETWORK_ID
}

/** One scale for as long as the page is open: a port is opened once. */
let opened: { readonly kind: SettingsRow["scale"]; readonly port: string; readonly scale: Scale } | undefined
/** The port of the one before is its own until this is over. */
let closing: Promise<unknown> = Promise.resolve()

function closeOpened(): void {
  closing = Promise.all([closing, opened?.scale.close()])
  opened = undefined
}

function scaleOf(kiosk: Kiosk, { scale: kind, scalePort }: SettingsRow): Scale | undefined {
  const port = JSON.stringify(scalePort)
  if (opened?.kind === kind && opened.port === port) return opened.scale
  closeOpened()
  const serial = serialOf(navigator)
  if (kind === "none" || (kind !== "simulated" && serial === undefined)) return undefined
  const scale =
    kind === "simulated"
      ? openSimulatedScale()
      : openWebSerialScale(serial!, protocols[kind], {
          after: closing,
          pick: (ports) => scalePortOf(kiosk, ports),
        })
  opened = { kind, port, scale }
  return scale
}

/**
 * A person has to point at the port once; the browser remembers that it may be opened, and the terminal which it was.
 * Opens the scale anew. Why there is no port, where nobody pointed at one or this browser has none.
 */
export async function chooseScalePort(kiosk: Kiosk): Promise<"scaleNotChosen" | "scaleUnsupported" | undefined> {
  const serial = serialOf(navigator)
  if (serial === undefined) return "scaleUnsupported"
  if ((await pointAtPort(kiosk, serial)) === undefined) return "scaleNotChosen"
  closeOpened()
  return undefined
}

export function useScale(settings: SettingsRow): readonly [ScaleState, Scale | undefined] {
  const kiosk = useKiosk()
  const [state, setState] = useState<ScaleState>({ kind: "away" })
  const scale = scaleOf(kiosk, settings)
  useEffect(() => scale?.watch(setState), [scale])
  // Before one is pulled out: the printer's may have been let in since the scale was opened.
  useEffect(() => {
    if (scale !== undefined)
      void serialOf(navigator)
        ?.getPorts()
        .then((ports) => noteTwin(kiosk, ports))
  }, [kiosk, scale])
  return [state, scale]
}
