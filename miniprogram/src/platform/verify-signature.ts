import { prepareNoble, verifyNoble } from "@suyuan/protocol/terminal/verify-noble"

/** Programs have no cryptography of their own. */
export const verifySignature = verifyNoble
export const prepareSignatures = prepareNoble
