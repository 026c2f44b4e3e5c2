export const requestErrors = {
  "request/malformed": {
    status: 400,
    zh: "请求内容有误，请检查标出的字段。",
    en: "The request is not in order; see the field named.",
  },
  "request/too-large": { status: 413, zh: "请求内容太大。", en: "The request is too large." },
  "request/too-many": {
    status: 429,
    zh: "请求太频繁，请稍后再试。",
    en: "Too many requests; wait a moment and try again.",
  },
  "request/not-found": { status: 404, zh: "没有这个页面。", en: "There is no such page." },
  "request/unauthenticated": { status: 401, zh: "请先登录。", en: "Log in first." },
  "request/forbidden": { status: 403, zh: "您无权进行此操作。", en: "You are not allowed to do this." },
  "request/conflict": {
    status: 409,
    zh: "内容已被更改，请刷新后重试。",
    en: "This has changed meanwhile; reload and try again.",
  },
  "service/unavailable": {
    status: 503,
    zh: "服务暂时不可用，请稍后再试。",
    en: "Not available just now; try again shortly.",
  },
  "service/failed": {
    status: 500,
    zh: "出了点问题，我们已记录。请稍后再试。",
    en: "Something went wrong and was recorded. Try again shortly.",
  },
} as const
