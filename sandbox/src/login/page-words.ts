/** Words of the two login pages. */
export const loginWords = {
  zh: {
    wechatTitle: "微信登录（演示）",
    alipayTitle: "支付宝登录（演示）",
    choose: "以哪位买家的身份登录？",
    none: "还没有买家。请在市场一角新建一位。",
    refusedTitle: "不能登录",
    back: "请回到上一页，检查网关的设置。",
  },
  en: {
    wechatTitle: "WeChat login (demo)",
    alipayTitle: "Alipay login (demo)",
    choose: "Log in as which buyer?",
    none: "There is no buyer yet. Create one in the market corner.",
    refusedTitle: "Cannot log in",
    back: "Go back and check the gateway's settings.",
  },
} as const
