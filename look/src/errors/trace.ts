export const traceErrors = {
  "trace/unknown": {
    status: 404,
    zh: "没有这份溯源记录，或您无权查看。",
    en: "There is no such trace, or it is not yours to see.",
  },
  "trace/not-recorded": {
    status: 409,
    zh: "这笔交易还没有成为存证，请稍后再看。",
    en: "This sale is not a trade record yet; look again shortly.",
  },
  "trace/share-revoked": { status: 410, zh: "这个分享已被收回。", en: "This share was taken back." },
} as const
