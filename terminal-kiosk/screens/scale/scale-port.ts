/** Which of the tablet's serial ports is the scale's. */
import { pickPort, portsLike, type SerialLike, type SerialPortLike } from "../../src/scale/web-serial-scale"
import { choose } from "../session/choices"
import type { Kiosk } from "../session/kiosk"

/** Which one a person pointed at; of another page's choice only the kind of adapter is kept. */
let pointedAt: SerialPortLike | undefined

/** By what is kept by now: among adapters that are alike none is taken, until a person has pointed at one. */
export function scalePortOf(kiosk: Kiosk, ports: readonly SerialPortLike[]): SerialPortLike | "ambiguous" | undefined {
  noteTwin(kiosk, ports)
  const { scalePort: kind, scaleHasTwin: hasTwin = false } = kiosk.state.get().settings
  return pickPort(ports, { kind, hasTwin, pointedAt })
}

/** Once seen it counts, also when one of the two was pulled out: a printer's adapter may be let in at any time. */
export function noteTwin(kiosk: Kiosk, ports: readonly SerialPortLike[]): void {
  const { scalePort, scaleHasTwin } = kiosk.state.get().settings
  if (scaleHasTwin !== true && portsLike(ports, scalePort).length > 1) void choose(kiosk, { scaleHasTwin: true })
}

/** A person points at the port; `undefined` where nobody did. */
export async function pointAtPort(kiosk: Kiosk, serial: SerialLike): Promise<SerialPortLike | undefined> {
  const port = await serial.requestPort().catch(() => undefined)
  if (port === undefined) return undefined
  pointedAt = port
  const scalePort = port.getInfo()
  const scaleHasTwin = portsLike(await serial.getPorts(), scalePort).length > 1
  await choose(kiosk, { scalePort, scaleHasTwin })
  return port
}
