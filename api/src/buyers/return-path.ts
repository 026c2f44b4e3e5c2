import { PAY_CODE_DIGITS_MAX } from "@suyuan/protocol/terminal/pay-code-url"

const pattern = /^\/[pb]\/([0-9]{1,400})$/

/**
 * Where a login may lead back to: the page of a pay code or a bind code of this gateway and nothing else, so that it
 * redirects nobody away.
 */
export function isReturnPath(path: string): boolean {
  const digits = pattern.exec(path)?.[1]
  return digits !== undefined && digits.length <= PAY_CODE_DIGITS_MAX
}
