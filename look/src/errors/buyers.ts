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
  "buyer/join-code-unknown": {
    status: 404,
    zh: "连接码不对，或已过期、已用过，请在另一边重新显示一个。",
    en: "The code is wrong, too old or used; show a new one on the other side.",
  },
  "buyer/join-self": {
    status: 409,
    zh: "这就是显示连接码的这一边，请在另一边输入。",
    en: "This is the side that shows the code; type it on the other one.",
  },
  "buyer/join-unknown": { status: 404, zh: "没有这个连接。", en: "There is no such join." },
  "buyer/join-expired": {
    status: 409,
    zh: "这次连接已失效，请重新开始。",
    en: "This join is no longer open; begin again.",
  },
  "buyer/join-digits-differ": {
    status: 409,
    zh: "两边的数字不一样，请不要连接。",
    en: "The digits on the two screens differ; do not join them.",
  },
  "buyer/join-too-many": {
    status: 409,
    zh: "已经连接了太多，请先解除一个。",
    en: "Too many are joined already; end one first.",
  },
  "buyer/payment-under-way": {
    status: 409,
    zh: "还有一笔付款没有结果，请等它确认后再删除。",
    en: "A payment of yours is still under way; delete when it is settled.",
  },
} as const
