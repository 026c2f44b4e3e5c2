export const buyerErrors = {
  "buyer/login-refused": {
    status: 401,
    zh: "登录没有成功，请重新打开页面再试。",
    en: "The login did not succeed; open the page again.",
  },
  "buyer/login-unavailable": {
    status: 503,
    zh: "登录服务暂时没有回应，请稍后再试。",
    en: "The login service does not answer just now; try again shortly.",
  },
  "buyer/state-mismatch": {
    status: 400,
    zh: "登录请求已失效，请重新扫码。",
    en: "This login request is no longer valid; scan the code again.",
  },
  "buyer/return-refused": {
    status: 400,
    zh: "登录后不能返回到这个地址。",
    en: "A login cannot return to that address.",
  },
  "buyer/template-unknown": {
    status: 400,
    zh: "这个消息模板不是本程序的，请重新打开页面。",
    en: "That message template is not this program's; open the page again.",
  },
} as const
