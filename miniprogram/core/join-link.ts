/**
 * The code by which two identities of one person are joined, as the other side shows it to a camera: a link to the same
 * page in a browser. Whoever draws a code chooses what it says, so only our own gateway's form passes.
 */
const CODE = /^[2-9A-HJ-NP-Z]{8}$/
/** The path is the page's own (`pages/join/index`), behind a browser's hash: no server on the way reads the code. */
const PATH = "/m/#/pages/join/index?code="
const LENGTH_MAX = 300

/** @param text anything that a camera read */
export function joinCodeIn(text: string, gatewayOrigin: string): string | undefined {
  const start = `${gatewayOrigin}${PATH}`
  return text.length <= LENGTH_MAX && text.startsWith(start) ? joinCodeOf(text.slice(start.length)) : undefined
}

/** A page's parameter, which anybody may have written. */
export function joinCodeOf(code: string | undefined): string | undefined {
  return code !== undefined && CODE.test(code) ? code : undefined
}
