/** A printer at USB, through WebUSB: class 7, its bulk endpoint. */
import type { Printer } from "./printer"

/** The little of the API that is used: TypeScript's DOM does not have it. */
export interface UsbDeviceLike {
  readonly configuration: { readonly interfaces: readonly UsbInterfaceLike[] } | null
  open(): Promise<void>
  close(): Promise<void>
  selectConfiguration(number: number): Promise<void>
  claimInterface(number: number): Promise<void>
  transferOut(endpoint: number, bytes: Uint8Array<ArrayBuffer>): Promise<{ readonly status?: string }>
}
interface UsbInterfaceLike {
  readonly interfaceNumber: number
  readonly alternate: {
    readonly interfaceClass: number
    readonly endpoints: readonly {
      readonly endpointNumber: number
      readonly direction: string
      readonly type: string
    }[]
  }
}
export interface UsbLike {
  getDevices(): Promise<UsbDeviceLike[]>
  requestDevice(options: { filters: { classCode: number }[] }): Promise<UsbDeviceLike>
}

const PRINTER_CLASS = 7
const CHUNK_BYTES = 4096

export const usbOf = (navigator: Navigator): UsbLike | undefined =>
  (navigator as Navigator & { readonly usb?: UsbLike }).usb

/** A person points at the printer the first time; the browser remembers it. */
export function openWebUsbPrinter(usb: UsbLike): Printer {
  return {
    async print(bytes) {
      const [known] = await usb.getDevices()
      const device = known ?? (await usb.requestDevice({ filters: [{ classCode: PRINTER_CLASS }] }))
      await device.open()
      try {
        if (device.configuration === null) await device.selectConfiguration(1)
        const { interfaceNumber, endpoint } = bulkOutOf(device)
        await device.claimInterface(interfaceNumber)
        for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
          const { status } = await device.transferOut(endpoint, bytes.slice(at, at + CHUNK_BYTES))
          if (status !== undefined && status !== "ok") throw new Error(`the printer answered ${status}`)
        }
      } finally {
        await device.close().catch(() => {})
      }
    },
  }
}

function bulkOutOf(device: UsbDeviceLike): { readonly interfaceNumber: number; readonly endpoint: number } {
  for (const { interfaceNumber, alternate } of device.configuration?.interfaces ?? []) {
    if (alternate.interfaceClass !== PRINTER_CLASS) continue
    const out = alternate.endpoints.find(({ direction, type }) => direction === "out" && type === "bulk")
    if (out !== undefined) return { interfaceNumber, endpoint: out.endpointNumber }
  }
  throw new Error("no printer at this device")
}
