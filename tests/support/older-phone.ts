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

/** What came after Chrome 119, the oldest that the terminal at a stall runs in; Ed25519 is refused as it was there. */
export const chrome119 = `
delete Promise.try
delete Array.fromAsync
for (const name of ["union", "intersection", "difference", "symmetricDifference", "isSubsetOf", "isSupersetOf", "isDisjointFrom"])
  delete Set.prototype[name]
for (const name of ["getOrInsert", "getOrInsertComputed"]) delete Map.prototype[name]
for (const name of ["fromHex", "fromBase64"]) delete Uint8Array[name]
for (const name of ["toHex", "toBase64", "setFromHex", "setFromBase64"]) delete Uint8Array.prototype[name]
const iterator = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()))
for (const name of Object.getOwnPropertyNames(iterator)) if (name !== "constructor") delete iterator[name]
for (const name of ["Iterator", "Float16Array"]) delete globalThis[name]
delete RegExp.escape
delete Error.isError
delete Math.sumPrecise
delete Math.f16round
delete URL.parse
delete Intl.DurationFormat
delete Response.prototype.bytes
delete Request.prototype.bytes
delete Blob.prototype.bytes
delete ReadableStream.prototype[Symbol.asyncIterator]
for (const name of ["generateKey", "importKey"]) {
  const own = SubtleCrypto.prototype[name]
  SubtleCrypto.prototype[name] = function (...given) {
    const isLater = given.some((one) => one === "Ed25519" || one?.name === "Ed25519")
    return isLater ? Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError")) : own.apply(this, given)
  }
}`
