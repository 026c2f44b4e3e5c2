import { readAlipayScan } from "../../core/scanned-link"
import { digitsOfLink } from "../session/digits-of-link"
import type { Scanned } from "./scanned"

let entered: string | undefined

/** Alipay tells the app, not the page: cold in `onLaunch`, warm in `onShow`. */
export function noteEntry(query: Readonly<Record<string, string | undefined>>): boolean {
  const isAnother = query.qrCode !== undefined && query.qrCode !== entered
  if (isAnother) entered = query.qrCode
  return isAnother
}

export function readScan(parameters: Readonly<Record<string, string | undefined>>): Scanned {
  const { digits } = parameters
  return digits !== undefined && /^[0-9]+$/.test(digits)
    ? { digits }
    : digitsOfLink(readAlipayScan({ qrCode: entered }))
}
