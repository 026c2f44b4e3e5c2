import { readWechatScan } from "../../core/scanned-link"
import { bindDigitsIn, bindDigitsOf } from "../session/bind-digits"

/** The digits of a bind code: handed over by our own pages, or scanned by WeChat (`q` of its own link rule). */
export function readBindCode(parameters: Readonly<Record<string, string | undefined>>): string | undefined {
  return bindDigitsIn(parameters) ?? bindDigitsOf(readWechatScan({ q: parameters.q }))
}
