import { expect, test } from "bun:test"
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { traceLabelMessage } from "@suyuan/protocol/terminal/trace-label"
import { encodePicture } from "@suyuan/terminal-kiosk/print/encode-picture"
import { labelRows, labelUrlOf, receiptRows, type SlipWords } from "@suyuan/terminal-kiosk/print/slip"
import { openWebSerialPrinter } from "@suyuan/terminal-kiosk/print/web-serial-printer"
import { openWebUsbPrinter, type UsbDeviceLike } from "@suyuan/terminal-kiosk/print/web-usb-printer"
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import type { SerialLike } from "@suyuan/terminal-kiosk/scale/web-serial-scale"
import { cabbage, openStockedStall, RECEIPT_KEY, TERMINAL } from "../headless-terminal"

const words: SlipWords = {
  line: () => ({ name: "大白菜", quantity: "5 斤", origin: "河北张北" }),
  ...{ total: "合计", standing: "微信支付", saleNumber: "单号", stall: "摊位", scanForTrace: "扫码看来源" },
  origin: (declared) => (declared === "" ? "产地未知" : `自述 ${declared}`),
  development: undefined,
}

async function soldStall() {
  const stall = await openStockedStall()
  const closed = await closeSale(stall.terminal, cabbage())
  if (!closed.ok) throw new Error(closed.error)
  return { ...stall, sale: closed.value.sale }
}

test("a label's address is made without a network, from what terminal and gateway alone know", async () => {
  const { terminal, sale } = await soldStall()
  const mac = hmac(sha256, RECEIPT_KEY, traceLabelMessage(terminal.identity.networkId, TERMINAL, sale.counter))
  expect(await labelUrlOf(terminal, sale)).toBe(
    `http://127.0.0.1:8720/l/0100000007/${sale.counter}/${toHex(mac).slice(0, 16)}`,
  )
})

test("a label, which anybody may read, tells neither price nor time of day nor how it was paid; a receipt does", async () => {
  const { terminal, sale } = await soldStall()
  const url = await labelUrlOf(terminal, sale)
  const receipt = JSON.stringify(receiptRows(terminal, sale, url, words, "2026-03-01 09:00"))
  const label = JSON.stringify(labelRows(terminal, sale, url, words, "2026-03-01"))
  for (const secret of ["¥", "09:00", "微信支付", "单号"]) {
    expect(receipt).toContain(secret)
    expect(label).not.toContain(secret)
  }
  for (const shown of ["大白菜", "5 斤", "甲摊", "2026-03-01", url]) {
    expect(receipt).toContain(shown)
    expect(label).toContain(shown)
  }
})

test("a label tells each line's own origin beside it, and none where nobody said any", async () => {
  const { terminal, sale } = await soldStall()
  const lines = [
    { name: "大白菜", quantity: "5 斤", origin: "河北张北" },
    { name: "番茄", quantity: "1 斤", origin: "" },
  ]
  const mixed = { ...sale, lines: [...sale.lines, ...sale.lines] }
  const rows = labelRows(terminal, mixed, "", { ...words, line: (index) => lines[index]! }, "2026-03-01")
  expect(rows.slice(0, 5)).toEqual([
    { kind: "pair", left: "大白菜", right: "5 斤" },
    { kind: "text", text: "自述 河北张北" },
    { kind: "pair", left: "番茄", right: "1 斤" },
    { kind: "text", text: "产地未知" },
    { kind: "rule" },
  ])
})

test("a slip goes to the printer as one raster picture: reset, GS v 0 with its size and dots, feed, cut", () => {
  const [width, height] = [16, 9]
  const data = new Uint8ClampedArray(width * height * 4).fill(255)
  // The first dot is black.
  data.set([0, 0, 0, 255])
  const bytes = encodePicture({ data, width, height })
  const hex = toHex(bytes)
  expect(hex.startsWith("1b40")).toBe(true)
  // Two bytes across, 16 rows down, of which the last seven are padding.
  expect(hex).toContain(`1d763000${"0200"}${"1000"}8000${"0000".repeat(15)}`)
  expect(hex.endsWith("1d5601") || hex.includes("1d5601")).toBe(true)
})

test("a USB printer gets all bytes in order at its bulk endpoint, and is let go also when it fails", async () => {
  const sent: number[] = []
  let isOpen = false
  let status = "ok"
  const endpoints = [
    { endpointNumber: 2, direction: "in", type: "bulk" },
    { endpointNumber: 1, direction: "out", type: "bulk" },
  ]
  const device: UsbDeviceLike = {
    configuration: {
      interfaces: [
        { interfaceNumber: 0, alternate: { interfaceClass: 3, endpoints } },
        { interfaceNumber: 1, alternate: { interfaceClass: 7, endpoints } },
      ],
    },
    open: async () => {
      isOpen = true
    },
    close: async () => {
      isOpen = false
    },
    selectConfiguration: async () => {},
    claimInterface: async (number) => expect(number).toBe(1),
    transferOut: async (endpoint, bytes) => {
      expect([endpoint, isOpen]).toEqual([1, true])
      sent.push(...bytes)
      return { status }
    },
  }
  const printer = openWebUsbPrinter({ getDevices: async () => [device], requestDevice: async () => device })
  const bytes = Uint8Array.from({ length: 10_000 }, (_, index) => index % 251)
  await printer.print(bytes)
  expect(Uint8Array.from(sent)).toEqual(bytes)
  status = "stall"
  expect(printer.print(bytes)).rejects.toThrow("stall")
  await printer.print(bytes).catch(() => {})
  expect(isOpen).toBe(false)
})

test("a serial printer gets the bytes at the port that a person chose", async () => {
  const written: number[] = []
  const writable = new WritableStream<Uint8Array>({ write: (chunk) => void written.push(...chunk) })
  const port = { readable: null, writable, open: async () => {}, close: async () => {}, getInfo: () => ({}) }
  const serial = Object.assign(new EventTarget(), { getPorts: async () => [], requestPort: async () => port })
  await openWebSerialPrinter(serial satisfies SerialLike).print(Uint8Array.of(27, 64))
  expect(written).toEqual([27, 64])
})
