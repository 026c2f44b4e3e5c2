import { browserSignatures } from "../../core/browser-signatures"

/** There is none on a page without TLS, nor in the oldest browsers. */
const own = browserSignatures(globalThis.crypto?.subtle)

export const verifySignature = own.verifySignature
export const prepareSignatures = () => void own.prepare()
