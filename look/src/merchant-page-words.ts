/** The office's pages of stalls, their terminals, and where their money goes. */
type Words = { readonly zh: string; readonly en: string }

export const merchantStateWords = {
  active: { zh: "营业", en: "Active" },
  suspended: { zh: "已停用", en: "Suspended" },
} as const satisfies Record<string, Words>

export const terminalStateWords = {
  claimed: { zh: "待核对指纹", en: "Fingerprint to be compared" },
  active: { zh: "可收款", en: "Active" },
  suspended: { zh: "已停用", en: "Suspended" },
  revoked: { zh: "已作废", en: "Revoked" },
} as const satisfies Record<string, Words>

/** Each change of a terminal or a stall: its button and its whole effect. */
export const terminalChangeWords = {
  suspend: {
    name: { zh: "停用终端", en: "Suspend the terminal" },
    effect: {
      zh: "这台终端立即不能收款，可以再启用。已付款的交易不受影响。",
      en: "It can sell no more from now on; it may be resumed. What was paid stays paid.",
    },
  },
  resume: {
    name: { zh: "启用终端", en: "Resume the terminal" },
    effect: { zh: "这台终端可以再收款。", en: "It may sell again." },
  },
  revoke: {
    name: { zh: "作废终端", en: "Revoke the terminal" },
    effect: {
      zh: "这台终端永远不能再收款，作废后不能恢复；平板要用新的领用码重新登记。还没上传的销售请先让它上传。",
      en: "It can never sell again and this cannot be undone; the tablet enrols anew with another claim code. Let it upload first what it has not.",
    },
  },
} as const satisfies Record<string, { name: Words; effect: Words }>

export const stallChangeWords = {
  suspend: {
    name: { zh: "停用摊位", en: "Suspend the stall" },
    effect: {
      zh: "摊位立即不能收款，也领不了新终端；可以再启用。",
      en: "The stall can sell no more and enrols no terminal; it may be resumed.",
    },
  },
  resume: {
    name: { zh: "启用摊位", en: "Resume the stall" },
    effect: { zh: "摊位可以再收款。", en: "The stall may sell again." },
  },
} as const satisfies Record<string, { name: Words; effect: Words }>

export const merchantPageWords = {
  merchants: { zh: "商户与终端", en: "Stalls and terminals" },
  nothing: { zh: "没有符合的摊位。", en: "No stall fits." },
  find: { zh: "摊位号或名称", en: "Stall number or name" },
  waiting: { zh: "待核对指纹的终端", en: "Terminals whose fingerprint waits" },
  terminals: { zh: "终端", en: "Terminals" },
  noTerminals: { zh: "还没有终端。", en: "There is no terminal yet." },
  terminal: { zh: "终端", en: "Terminal" },
  lastSeen: { zh: "最近在线", en: "Last seen" },
  neverSeen: { zh: "还没有上过线", en: "not seen yet" },
  lastCounter: { zh: "最近销售号", en: "Last sale number" },
  clock: { zh: "时钟偏差", en: "Clock off by" },
  seconds: { zh: "秒", en: "s" },
  chain: { zh: "链上登记", en: "In the chain's registry" },
  notOnChain: { zh: "还没有", en: "not yet" },
  onChain: { zh: "已登记", en: "entered" },
  enrolled: { zh: "登记于", en: "Enrolled" },
  stateSince: { zh: "状态始于", en: "In this state since" },
  fingerprint: { zh: "密钥指纹", en: "Key fingerprint" },
  compare: { zh: "核对指纹", en: "Compare the fingerprint" },
  compareHow: {
    zh: "请站在平板前，把平板屏幕上的指纹照着输入。一致才启用：别人偷听到领用码也装不成。",
    en: "Stand before the tablet and type the fingerprint that its screen shows. It is active only if they agree: a claim code that was overheard is worth nothing.",
  },
  typed: { zh: "平板屏幕上的指纹", en: "Fingerprint on the tablet's screen" },
  claimCode: { zh: "领用码", en: "Claim code" },
  issue: { zh: "发一个领用码", en: "Issue a claim code" },
  issueMeans: {
    zh: "一个码装一台平板，十分钟内有效，只显示这一次。",
    en: "One code enrols one tablet, within ten minutes, and is shown once.",
  },
  validUntil: { zh: "有效至", en: "Valid until" },
  enterIt: {
    zh: "在平板上输入或扫这个码，然后回到摊位页核对指纹。离开本页后不再显示；丢了就再发一个。",
    en: "Type or scan it on the tablet, then compare the fingerprint on the stall's page. It is not shown again; if it is lost, issue another.",
  },
  toScan: { zh: "给平板扫的领用码", en: "The claim code, for the tablet to scan" },
  payees: { zh: "收款账户", en: "Payee accounts" },
  noPayees: { zh: "还没有收款账户。", en: "There is no payee account yet." },
  statement: { zh: "今天的对账单", en: "Today's statement" },
  yesterday: { zh: "昨天的对账单", en: "Yesterday's statement" },
  balance: { zh: "今天的进销存", en: "Today's balance" },
  alarms: { zh: "这个摊位的预警", en: "Alarms of this stall" },
  problems: { zh: "买家对这个摊位的反映", en: "What buyers report of this stall" },
  held: { zh: "召回停售", en: "Held for a recall" },
  toStall: { zh: "摊位与终端", en: "The stall and its terminals" },
} as const satisfies Record<string, Words>

export type MerchantPageWord = keyof typeof merchantPageWords

export const newStallWords = {
  new: { zh: "新摊位", en: "New stall" },
  number: { zh: "摊位号", en: "Stall number" },
  name: { zh: "摊位名称", en: "Name of the stall" },
  nameHint: { zh: "买家付款前看到的就是它。", en: "What buyers see before they pay." },
  next: {
    zh: "加好后在摊位页填收款账户，再发领用码装平板。",
    en: "Then give it its payee accounts on its page, and issue a claim code for its tablet.",
  },
  add: { zh: "添加摊位", en: "Add the stall" },
} as const satisfies Record<string, Words>

export const payeeStateWords = {
  proposed: { zh: "等第二个人批准", en: "Waits for a second person" },
  approved: { zh: "已批准，未生效", en: "Approved, not in force yet" },
} as const satisfies Record<string, Words>

export const payeeModeWords = {
  "service-provider": { zh: "经服务商", en: "through the service provider" },
  direct: { zh: "直连", en: "direct" },
} as const satisfies Record<string, Words>

export const payeeFormWords = {
  title: { zh: "收款账户", en: "Payee account" },
  now: { zh: "现在：", en: "Now:" },
  none: { zh: "没有", en: "none" },
  setMeans: {
    zh: "第一个账户立即生效，摊位的终端会显示。",
    en: "The first account is in force at once, and the stall's terminal shows it.",
  },
  proposeMeans: {
    zh: "已有账户：新账户要由另一个人批准，再过 24 小时生效，其间摊位的终端一直显示。",
    en: "There is one: another person has to approve the new account, which is in force 24 hours after that; the stall's terminal shows it meanwhile.",
  },
  provided: { zh: "经服务商收款", en: "Through the service provider" },
  wechatAccount: { zh: "特约商户号（sub_mchid）", en: "Sub-merchant number (sub_mchid)" },
  alipayAccount: { zh: "卖家的支付宝用户号", en: "The seller's Alipay user id" },
  authToken: { zh: "商户授权令牌（app_auth_token）", en: "Merchant's authorisation (app_auth_token)" },
  authTokenHint: { zh: "存好后不再显示。", en: "It is not shown again once it is stored." },
  direct: { zh: "商户自己的账户直连收款", en: "Directly, by an account of the merchant's own" },
  directAccount: { zh: "网关配置里的名字", en: "Its name in the gateway's configuration" },
  set: { zh: "设为收款账户", en: "Set the account" },
  propose: { zh: "提议改成这个账户", en: "Propose this account" },
  give: { zh: "填写", en: "Give" },
  change: { zh: "更改", en: "Change" },
} as const satisfies Record<string, Words>

export const payeePageWords = {
  changes: { zh: "收款账户变更", en: "Payee changes" },
  nothing: { zh: "没有等待的收款账户变更。", en: "No change of a payee account waits." },
  oldAccount: { zh: "现在的账户", en: "Account now" },
  newAccount: { zh: "要改成", en: "To become" },
  none: { zh: "没有", en: "none" },
  proposedBy: { zh: "提议人", en: "Proposed by" },
  approvedBy: { zh: "批准人", en: "Approved by" },
  proposedAt: { zh: "提议于", en: "Proposed" },
  appliesAt: { zh: "生效于", en: "In force from" },
  own: { zh: "您是提议人：要由另一个人批准。", en: "You proposed it: another person has to approve." },
  approve: { zh: "批准变更", en: "Approve the change" },
  approveMeans: {
    zh: "24 小时后这个摊位的钱进新账户。摊位的终端会一直显示这项变更，摊主可以提出异议；生效前谁都能撤下。",
    en: "After 24 hours the stall's money goes to the new account. Its terminal shows the change meanwhile, so that the stall can object; until then it can be stopped.",
  },
  asked: {
    zh: "我已当面问过摊主：是要换到这个账户",
    en: "I have asked the stall in person: it wants this account",
  },
  refuse: { zh: "拒绝变更", en: "Refuse the change" },
  refuseMeans: {
    zh: "变更作废，钱仍进现在的账户。要改须重新提议。",
    en: "The change is off and money goes to the account as before. It would have to be proposed anew.",
  },
} as const satisfies Record<string, Words>
