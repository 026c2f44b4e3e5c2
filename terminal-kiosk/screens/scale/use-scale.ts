import { DEVELOPMENT_NETWORK_ID, type NetworkId } from "@suyuan/protocol/network"
import { useEffect, useState } from "react"
import { casScale } from "../../src/scale/parse-cas"
import { continuousScale } from "../../src/scale/parse-continuous"
import { mtSicsScale } from "../../src/scale/parse-mt-sics"
import { toledo8217Scale } from "../../src/scale/parse-toledo-8217"
import type { Scale, ScaleState } from "../../src/scale/scale"
import { openSimulatedScale } from "../../src/scale/simulated-scale"
import { openWebSerialScale, pickPort, type SerialPortLike, serialOf } from "../../src/scale/web-serial-scale"
import type { SettingsRow } from "../../src/store/rows"
import { choose } from "../session/choices"
import type { Kiosk } from "../session/kiosk"

const protocols = { continuous: continuousScale, "toledo-8217": toledo8217Scale, "mt-sics": mtSicsScale, cas: casScale }

/** One that weighs nothing is for demonstrations: no goods are sold by it where money is real. */
export function isScaleOf(networkId: NetworkId, kind: SettingsRow["scale"]): boolean {
  return kind !== "simulated" || networkId === DEVELOPMENT_NETWORK_ID
}

/** One scale for as long as the page is open: a port is opened once. */
let opened: { readonly kind: SettingsRow["scale"]; readonly port: string; readonly scale: Scale } | undefined
/** Which of two alike a person pointed at; of another page's choice only the kind of adapter is kept. */
let pointedAt: SerialPortLike | undefined
/** The port of the one before is its own until this is over. */
let closing: Promise<unknown> = Promise.resolve()

function closeOpened(): void {
  closing = Promise.all([closing, opened?.scale.close()])
  opened = undefined
}

function scaleOf(kind: SettingsRow["scale"], portId: SettingsRow["scalePort"]): Scale | undefined {
  const port = JSON.stringify(portId)
  if (opened?.kind === kind && opened.port === port) return opened.scale
  closeOpened()
  const serial = serialOf(navigator)
  if (kind === "none" || (kind !== "simulated" && serial === undefined)) return undefined
  const scale =
    kind === "simulated"
      ? openSimulatedScale()
      : openWebSerialScale(serial!, protocols[kind], {
          after: closing,
          pick: (ports) => pickPort(ports, portId, pointedAt),
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
  const port = await serial.requestPort().catch(() => undefined)
  if (port === undefined) return "scaleNotChosen"
  pointedAt = port
  closeOpened()
  await choose(kiosk, { scalePort: port.getInfo() })
  return undefined
}

export function useScale({ scale: kind, scalePort }: SettingsRow): readonly [ScaleState, Scale | undefined] {
  const [state, setState] = useState<ScaleState>({ kind: "away" })
  const scale = scaleOf(kind, scalePort)
  useEffect(() => scale?.watch(setState), [scale])
  return [state, scale]
}
