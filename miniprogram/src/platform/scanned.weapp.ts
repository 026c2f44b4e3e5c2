import { readWechatScan } from "../../core/scanned-link"
import { digitsOfLink } from "../session/digits-of-link"
import type { Scanned } from "./scanned"

/** `q` of an ordinary link's rule; `digits` where the program itself scanned. WeChat opens the page anew each time. */
export function readScan(parameters: Readonly<Record<string, string | undefined>>): Scanned {
  const { digits, q } = parameters
  return digits !== undefined && /^[0-9]+$/.test(digits) ? { digits } : digitsOfLink(readWechatScan({ q }))
}

export function noteEntry(): boolean {
  return false
}
