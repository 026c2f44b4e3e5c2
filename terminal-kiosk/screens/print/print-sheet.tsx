import type { TerminalWord } from "@suyuan/look/terminal-words"
import { DEVELOPMENT_NETWORK_ID } from "@suyuan/protocol/network"
import { seconds2024ToMs } from "@suyuan/protocol/units/instant"
import { useEffect, useState } from "react"
import { encodePicture } from "../../src/print/encode-picture"
import { PAPER_DOTS, type Printer } from "../../src/print/printer"
import { labelRows, labelUrlOf, receiptRows, type SlipRow, type SlipWords } from "../../src/print/slip"
import { openWebSerialPrinter } from "../../src/print/web-serial-printer"
import { openWebUsbPrinter, usbOf } from "../../src/print/web-usb-printer"
import { linesOf } from "../../src/sale/sale-lines"
import { standingOf } from "../../src/sale/sale-standing"
import { serialOf } from "../../src/scale/web-serial-scale"
import type { SaleRow } from "../../src/store/rows"
import { saleLooks } from "../day/sale-looks"
import { QrCode } from "../parts/qr-code"
import { Sheet } from "../parts/sheet"
import { lineText } from "../session/goods-names"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"

type PrintSheetProps = { readonly sale: SaleRow; readonly onClose: () => void }
type Paper = keyof typeof PAPER_DOTS

/** A receipt for the buyer, or a label for the bag: seen before it is printed, by whatever printer there is. */
export default function PrintSheet({ sale, onClose }: PrintSheetProps) {
  const say = useWords()
  const [isLabel, setLabel] = useState(false)
  const [paper, setPaper] = useState<Paper>("narrow")
  const [trouble, setTrouble] = useState<TerminalWord | undefined>(undefined)
  const rows = useSlip(sale, isLabel)
  const [usb, serial] = [usbOf(navigator), serialOf(navigator)]
  const send = async (printer: Printer) => {
    setTrouble(undefined)
    const { drawSlip } = await import("./draw-slip")
    await printer.print(encodePicture(drawSlip(rows, PAPER_DOTS[paper]))).catch(() => setTrouble("printerAway"))
  }
  return (
    <Sheet title={say("print")} onClose={onClose} wide>
      <fieldset className="choice">
        <legend>{say("printWhat")}</legend>
        <button type="button" aria-pressed={!isLabel} onClick={() => setLabel(false)}>
          {say("printedReceipt")}
        </button>
        <button type="button" aria-pressed={isLabel} onClick={() => setLabel(true)}>
          {say("traceLabel")}
        </button>
      </fieldset>
      <div className="slip-paper">
        {rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of a slip have no other name
          <Row key={index} row={row} />
        ))}
      </div>
      {(usb ?? serial) !== undefined && (
        <fieldset className="choice">
          <legend>{say("receiptPrinter")}</legend>
          <button type="button" aria-pressed={paper === "narrow"} onClick={() => setPaper("narrow")}>
            58 mm
          </button>
          <button type="button" aria-pressed={paper === "wide"} onClick={() => setPaper("wide")}>
            80 mm
          </button>
          {usb !== undefined && (
            <button type="button" onClick={() => void send(openWebUsbPrinter(usb))}>
              {say("printByUsb")}
            </button>
          )}
          {serial !== undefined && (
            <button type="button" onClick={() => void send(openWebSerialPrinter(serial))}>
              {say("printBySerial")}
            </button>
          )}
        </fieldset>
      )}
      <div className="sheet-foot">
        {trouble !== undefined && (
          <p className="bad" role="alert">
            ✕ {say(trouble)}
          </p>
        )}
        <button type="button" className="primary wide" disabled={rows.length === 0} onClick={() => window.print()}>
          {say("printByDialogue")}
        </button>
      </div>
    </Sheet>
  )
}

function Row({ row }: { readonly row: SlipRow }) {
  const say = useWords()
  switch (row.kind) {
    case "rule":
      return <hr />
    case "qr":
      return (
        <a href={row.url} target="_blank" rel="noreferrer">
          <QrCode url={row.url} label={say("traceLabel")} />
        </a>
      )
    case "pair":
      return (
        <p className="row">
          <span>{row.left}</span>
          <span>{row.right}</span>
        </p>
      )
    case "title":
      return <h3>{row.text}</h3>
    case "text":
      return <p>{row.text}</p>
  }
}

function useSlip(sale: SaleRow, isLabel: boolean): readonly SlipRow[] {
  const { terminal } = useKiosk()
  const { tiles, catalogue, settings } = useKioskState()
  const say = useWords()
  const [url, setUrl] = useState<string | undefined>(undefined)
  useEffect(() => {
    void labelUrlOf(terminal, sale).then(setUrl)
  }, [terminal, sale])
  if (url === undefined) return []
  const lines = linesOf(sale)
  const { identity } = terminal
  const words: SlipWords = {
    line: (index) => lineText(lines[index]!, tiles, catalogue, settings),
    total: say("total"),
    standing: say(saleLooks[standingOf(sale)].word),
    saleNumber: say("saleNumber"),
    stall: say("stallWord"),
    origin: (declared) => `${say("declaredOrigin")} ${declared === "" ? say("labelOriginUnknown") : declared}`,
    scanForTrace: say("scanForTrace"),
    development: identity.networkId === DEVELOPMENT_NETWORK_ID ? say("demo") : undefined,
  }
  const soldAt = seconds2024ToMs(sale.issuedAtSeconds)
  const format = (style: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("sv-SE", { timeZone: identity.site.zone, ...style }).format(soldAt)
  return isLabel
    ? labelRows(terminal, sale, url, words, format({ dateStyle: "short" }))
    : receiptRows(terminal, sale, url, words, format({ dateStyle: "short", timeStyle: "short" }))
}
