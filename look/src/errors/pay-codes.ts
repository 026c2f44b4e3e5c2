/** What a scanned code itself can be refused for; the rules are in docs/specs/pay-code.md. */
export const payCodeErrors = {
  "pay-code/malformed": {
    status: 404,
    zh: "这不是有效的收款溯源码，请重新扫码。",
    en: "This is not a pay code; scan again.",
  },
  "pay-code/insecure-url": {
    status: 400,
    zh: "这个码没有使用安全连接，请不要付款。",
    en: "This code does not use a secure connection; do not pay.",
  },
  "pay-code/unknown-version": {
    status: 400,
    zh: "这个码来自更新版本的终端，请更新后再试。",
    en: "This code comes from a newer terminal; update and try again.",
  },
  "pay-code/unknown-algorithm": {
    status: 400,
    zh: "无法识别这个码的签名方式，请让摊主重新出码。",
    en: "The signature of this code is of an unknown kind; ask for a new code.",
  },
  "pay-code/no-lines": {
    status: 400,
    zh: "这个码里没有商品，请让摊主重新出码。",
    en: "This code lists no goods; ask for a new code.",
  },
  "pay-code/wrong-length": {
    status: 400,
    zh: "这个码不完整，请让摊主重新出码。",
    en: "This code is not complete; ask for a new code.",
  },
  "pay-code/malformed-line": {
    status: 400,
    zh: "这个码的商品明细有误，请让摊主重新出码。",
    en: "A line of this code is not in order; ask for a new code.",
  },
  "pay-code/amount-below-one-fen": {
    status: 400,
    zh: "这个码没有金额，请让摊主重新出码。",
    en: "This code asks for no amount; ask for a new code.",
  },
  "pay-code/amount-above-lines": {
    status: 400,
    zh: "这个码的金额高于商品合计，请不要付款，让摊主重新出码。",
    en: "This code asks for more than its lines add up to; do not pay, ask for a new code.",
  },
  "pay-code/lines-too-large": {
    status: 400,
    zh: "这个码的商品合计超出上限，请让摊主重新出码。",
    en: "The lines of this code add up to more than a code can ask for; ask for a new code.",
  },
  "pay-code/wrong-algorithm": {
    status: 403,
    zh: "这个码的签名方式与终端登记的不符，请不要付款。",
    en: "This code is not signed the way its terminal is registered; do not pay.",
  },
  "pay-code/bad-signature": {
    status: 403,
    zh: "这个码不是该摊位的终端签出的，请不要付款。",
    en: "This code was not signed by the stall's terminal; do not pay.",
  },
  "pay-code/lines-contradict-code": {
    status: 409,
    zh: "补传的明细与收款码不符，已留存但不采用。",
    en: "The lines sent later are not those of the code; they are kept and not used.",
  },
} as const
