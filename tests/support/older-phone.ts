/** What the oldest phones that we build for (Chrome 86, iOS 14) have not: without it a test fails where they would. */
const laterMethods: Readonly<Record<string, readonly string[]>> = {
  Object: ["groupBy", "hasOwn"],
  Promise: ["any", "withResolvers", "try"],
  Map: ["groupBy"],
  Array: ["fromAsync"],
  Uint8Array: ["fromHex", "fromBase64"],
  "Array.prototype": ["at", "findLast", "findLastIndex", "toReversed", "toSorted", "toSpliced", "with"],
  "Object.getPrototypeOf(Uint8Array.prototype)": ["at", "findLast", "findLastIndex", "toReversed", "toSorted", "with"],
  "Uint8Array.prototype": ["toHex", "toBase64", "setFromHex", "setFromBase64"],
  "String.prototype": ["at", "isWellFormed", "toWellFormed"],
  "Set.prototype": ["union", "intersection", "difference", "symmetricDifference", "isSubsetOf", "isDisjointFrom"],
  "ArrayBuffer.prototype": ["resize", "transfer", "transferToFixedLength"],
}

/** A script that takes it away, for a realm in which nothing has run yet. */
export function olderPhone({ except = [] }: { readonly except?: readonly string[] } = {}): string {
  return Object.entries(laterMethods)
    .flatMap(([owner, methods]) => methods.map((method) => `${owner}.${method}`))
    .filter((path) => !except.includes(path))
    .map((path) => `delete ${path}`)
    .join("\n")
}

/** The same for a browser's page, with what browsers alone have. */
export const olderBrowser = `${olderPhone()}
delete globalThis.structuredClone
delete Crypto.prototype.randomUUID
delete AbortSignal.timeout
delete AbortSignal.any
delete Document.prototype.adoptedStyleSheets
globalThis.CSSStyleSheet = function () { throw new TypeError("Illegal constructor") }`
