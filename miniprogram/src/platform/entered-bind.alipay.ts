import { readAlipayScan } from "../../core/scanned-link"
import { bindDigitsOf } from "../session/bind-digits"

let entered: string | undefined

export function noteEnteredBind({ qrCode }: Readonly<Record<string, string | undefined>>): void {
  if (qrCode !== undefined) entered = bindDigitsOf(readAlipayScan({ qrCode }))
}

export function hasEnteredBind(): boolean {
  return entered !== undefined
}

export function takeEnteredBind(): string | undefined {
  const digits = entered
  entered = undefined
  return digits
}
