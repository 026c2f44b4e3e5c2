import type { Scanned } from "./scanned"

/** The page's own address: the gateway looked at it before it answered. */
export function readScan(): Scanned {
  const [, digits] = /^\/p\/([0-9]+)$/.exec(location.pathname) ?? []
  return digits === undefined ? { error: "link/missing" } : { digits }
}

export function noteEntry(): boolean {
  return false
}
