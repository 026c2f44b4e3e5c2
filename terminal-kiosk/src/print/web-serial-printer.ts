/** A printer at a serial port, through Web Serial. A person points at the port each time: the other one is the scale's. */
import type { SerialLike } from "../scale/web-serial-scale"
import type { Printer } from "./printer"

const BAUD = 9600

export function openWebSerialPrinter(serial: SerialLike): Printer {
  return {
    async print(bytes) {
      const port = await serial.requestPort()
      await port.open({ baudRate: BAUD, dataBits: 8, parity: "none" })
      try {
        const writer = port.writable?.getWriter()
        if (writer === undefined) throw new Error("the port cannot be written to")
        await writer.write(bytes).finally(() => writer.releaseLock())
      } finally {
        await port.close().catch(() => {})
      }
    },
  }
}
