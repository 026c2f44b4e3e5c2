/**
 * What a verification says, step by step: for each step a name, for each outcome a word, for each reason a sentence.
 * Keys of `proofReasonWords` are `<step>/<reason>` of `protocol/ledger/proof-report`.
 */
type Words = { readonly zh: string; readonly en: string }

export const proofStepWords = {
  shape: { zh: "证明完整", en: "The proof is whole" },
  "seller-signature": { zh: "卖家终端的签名", en: "The seller's signature" },
  commitment: { zh: "内容与封存的一致", en: "The content is what was sealed" },
  path: { zh: "在这一批存证里", en: "It is in the batch" },
  anchor: { zh: "这一批已存证上链", en: "The batch is on the chain" },
  validators: { zh: "各家验证人盖的章", en: "The validators' seals" },
  asked: { zh: "就是您要查的这一笔", en: "It is the record that you asked for" },
} as const satisfies Record<string, Words>

export const proofOutcomeWords = {
  passed: { zh: "通过 ✓", en: "Passed ✓" },
  failed: { zh: "不通过 ✕", en: "Failed ✕" },
  "our-word-only": { zh: "只有我们自己的话作证 ◔", en: "Our word only ◔" },
  "not-applicable": { zh: "不适用 –", en: "Does not apply –" },
  "not-checked": { zh: "未查 ?", en: "Not checked ?" },
} as const satisfies Record<string, Words>

const notChecked = { zh: "证明不完整，这一步没有查", en: "The proof is not whole, so this was not checked" } as const

export const proofReasonWords = {
  "shape/well-formed": { zh: "证明文件完整，写法正确", en: "The proof is complete and well written" },
  "shape/too-long": { zh: "文件太长，不是一份存证证明", en: "Too long to be a proof" },
  "shape/not-json": { zh: "文件读不出来，可能没有传完整", en: "It cannot be read; perhaps it did not arrive whole" },
  "shape/not-canonical": { zh: "文件被改写过，请重新获取", en: "It was rewritten on the way; get it again" },
  "shape/malformed": { zh: "缺少内容，或内容不合格式", en: "Something is missing, or not as the format has it" },
  "shape/entry-malformed": { zh: "封存的记录不合格式", en: "The sealed record is not as the format has it" },
  "shape/record-malformed": { zh: "打开的内容不合格式", en: "The opened content is not as the format has it" },
  "shape/record-id-mismatch": { zh: "存证编号不是这笔记录的", en: "The record number belongs to another record" },

  "seller-signature/signed-by-terminal": {
    zh: "由摊位终端亲自签名，别人改不了",
    en: "Signed by the stall's own terminal; nobody else can change it",
  },
  "seller-signature/terminal-unknown": {
    zh: "登记册里没有这台终端",
    en: "The register does not know this terminal",
  },
  "seller-signature/wrong-algorithm": {
    zh: "签名方式与登记的终端不符",
    en: "Signed in another way than the registered terminal signs",
  },
  "seller-signature/bad-signature": { zh: "不是这台终端签的", en: "This terminal did not sign it" },
  "seller-signature/prices-not-signed": { zh: "价格不是终端签过的", en: "The terminal did not sign these prices" },
  "seller-signature/lines-not-signed": { zh: "明细不是终端签过的", en: "The terminal did not sign these lines" },
  "seller-signature/amount-above-lines": {
    zh: "金额高于明细之和，这样的签名不算数",
    en: "The amount is above the sum of the lines; such a signature does not count",
  },
  "seller-signature/snapshot-not-signed": {
    zh: "货品清单不是终端签过的",
    en: "The terminal did not sign this list of goods",
  },
  "seller-signature/part-of-snapshot": {
    zh: "这是货品清单的一部分，各部分齐了才能查签名；现在只有我们自己的话作证",
    en: "One part of a list of goods: only all parts together can be checked. Until then, our word only",
  },
  "seller-signature/lines-contradict-code": {
    zh: "终端补传的明细与签过的码不符，明细只有我们自己的话作证，溯源不采用",
    en: "The lines sent later contradict the signed code: for them our word only, and no trace uses them",
  },
  "seller-signature/kind-not-signed": {
    zh: "这类记录不由摊位终端签名",
    en: "A stall's terminal does not sign this kind of record",
  },
  "seller-signature/record-closed": {
    zh: "分享不打开这份记录，买的人自己能查",
    en: "A share does not open the record; whoever bought it can check this",
  },
  "seller-signature/shape-refused": notChecked,

  "commitment/sections-match": { zh: "看到的内容就是当时封存的内容", en: "What you see is what was sealed" },
  "commitment/section-mismatch": { zh: "看到的内容不是当时封存的", en: "What you see is not what was sealed" },
  "commitment/record-closed": {
    zh: "分享不打开这份记录：里面有几点几分买的、买了多少。买的人自己能查",
    en: "A share does not open the record, which tells the hour and how much was bought; whoever bought it can check this",
  },
  "commitment/shape-refused": notChecked,

  "path/entry-in-batch": { zh: "这笔记录就在这一批里", en: "The record is in this batch" },
  "path/entry-not-in-batch": { zh: "这笔记录不在这一批里", en: "The record is not in this batch" },
  "path/shape-refused": notChecked,

  "anchor/root-on-chain": { zh: "已存证，谁也改不了", en: "Anchored: nobody can change it" },
  "anchor/wrong-chain": { zh: "证明说的是另一条链", en: "The proof speaks of another chain" },
  "anchor/wrong-contract": { zh: "证明说的是另一本账", en: "The proof speaks of another ledger" },
  "anchor/root-unread": {
    zh: "没有读到链上的这一批，请联网后再查",
    en: "The batch could not be read from the chain; go online and check again",
  },
  "anchor/other-root-on-chain": { zh: "链上的这一批与证明不符", en: "The chain holds another batch in this place" },
  "anchor/development-chain": { zh: "开发链：只有我们自己的话作证", en: "development chain: our word only" },
  "anchor/shape-refused": notChecked,

  "validators/sealed-by-majority": {
    zh: "多数验证人为这一刻的账本盖了章，章是在您手机上验的",
    en: "Most validators sealed the ledger as it stood then; your phone checked the seals",
  },
  "validators/too-few-seals": {
    zh: "盖章的验证人不够多，账本的这个样子不算数",
    en: "Too few validators sealed this state of the ledger; it does not count",
  },
  "validators/state-unread": {
    zh: "没有读到盖过章的账本，请联网后再查",
    en: "No sealed state of the ledger could be read; go online and check again",
  },
  "validators/shape-refused": notChecked,

  "asked/as-shown": {
    zh: "存证编号、金额和重量与给您看的一致；品名是我们的话",
    en: "Record number, amount and weights are those that you were shown; the names of goods are our word",
  },
  "asked/same-record": {
    zh: "存证编号与给您看的一致；里面写了什么，只有买的人能查",
    en: "The record number is the one that you were shown; what it says, only whoever bought it can check",
  },
  "asked/not-opened": {
    zh: "这份证明没有打开记录，里面写了什么没法查",
    en: "This proof does not open the record, so what it says cannot be checked",
  },
  "asked/another-record": { zh: "这份证明是另一笔记录的", en: "This is the proof of another record" },
  "asked/another-amount": {
    zh: "记录里的金额与给您看的不一样",
    en: "The record has another amount than you were shown",
  },
  "asked/other-goods": { zh: "记录里的货与给您看的不一样", en: "The record has other goods than you were shown" },
  "asked/shape-refused": notChecked,
} as const satisfies Record<string, Words>

export type ProofReasonWord = keyof typeof proofReasonWords

/** What a check of the origin statement behind a trace found; its outcomes are those above. */
export const originStepName = { zh: "显示的来源", en: "The origin that is shown" } as const satisfies Words
export const originReasonWords = {
  named: {
    zh: "这个摊当天的来源说明已存证，写着这里显示的来源",
    en: "The stall's origin statement of that day is anchored, and names the origins shown here",
  },
  "our-word": {
    zh: "当天的来源说明写着这里显示的来源；它存在哪里，只有我们自己的话作证",
    en: "The origin statement of that day names the origins shown here; where it is kept is our word only",
  },
  untied: {
    zh: "当天的来源说明核对无误，写着这里显示的来源；是不是这一笔的货，只有买的人能查",
    en: "The origin statement of that day is right and names the origins shown here; whether it is of these goods, only whoever bought them can check",
  },
  "earlier-stock": {
    zh: "当天的来源说明核对无误；这里显示的来源有更早进的货，写在更早的说明里，没有查",
    en: "The origin statement of that day is right; some origins shown here came in earlier, in statements that were not checked",
  },
  "nothing-shown": { zh: "这里没有显示来源", en: "No origin is shown here" },
  provisional: {
    zh: "还没有来源说明：显示的来源是暂时的，没有查",
    en: "There is no origin statement yet: what is shown is provisional and was not checked",
  },
  unread: { zh: "来源说明没有读到，请联网后再查", en: "The origin statement could not be read; check again online" },
  "not-proved": { zh: "来源说明没有通过核对", en: "The origin statement did not pass the check" },
  "another-pile": { zh: "来源说明说的是别的货或别的日子", en: "The origin statement is of other goods or another day" },
} as const satisfies Record<string, Words>

/** One line a step, as the flow and the demonstration print it. */
export function proofStepSentence(
  step: {
    readonly step: keyof typeof proofStepWords
    readonly outcome: keyof typeof proofOutcomeWords
    readonly reason: string
  },
  language: "zh" | "en",
): string {
  const reason = proofReasonWords[`${step.step}/${step.reason}` as ProofReasonWord]
  const colon = language === "zh" ? "：" : ": "
  return `${proofStepWords[step.step][language]}${colon}${proofOutcomeWords[step.outcome][language]} ${reason[language]}`
}
