export const ledgerErrors = {
  "ledger/unknown-record": { status: 404, zh: "没有这份存证。", en: "There is no such record." },
  "ledger/not-anchored": {
    status: 409,
    zh: "正在存证，请稍后再核验。",
    en: "The record is still being anchored; check again shortly.",
  },
} as const
