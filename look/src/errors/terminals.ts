/** Terminals, claim codes, wallet bindings, and the organisations, sites, merchants and goods they belong to. */
export const terminalErrors = {
  "terminal/unknown": { status: 404, zh: "没有这台终端。", en: "There is no such terminal." },
  "terminal/not-confirmed": {
    status: 403,
    zh: "这台终端还没有核对指纹，暂不能收款。",
    en: "This terminal's fingerprint has not been confirmed yet; it cannot sell.",
  },
  "terminal/suspended": {
    status: 403,
    zh: "这台终端已停用，请先不要付款。",
    en: "This terminal is suspended; do not pay for now.",
  },
  "terminal/revoked": {
    status: 403,
    zh: "这台终端已作废，请勿付款。",
    en: "This terminal has been revoked; do not pay.",
  },
  "terminal/wrong-state": {
    status: 409,
    zh: "终端现在的状态不允许这样做，请刷新后再看。",
    en: "The terminal's state does not allow this; reload and look again.",
  },
  "terminal/fingerprint-differs": {
    status: 409,
    zh: "指纹与终端屏幕上的不同，请勿确认，并作废这台终端。",
    en: "The fingerprint is not the one of this terminal; do not confirm it, revoke it.",
  },
  "terminal/key-refused": {
    status: 400,
    zh: "终端的公钥不合要求。",
    en: "The terminal's public key is not acceptable.",
  },
  "terminal/key-in-use": {
    status: 409,
    zh: "这把密钥已属于另一台终端，请在终端上重新生成。",
    en: "This key already belongs to another terminal; make a new one on the tablet.",
  },
  "terminal/bad-signature": {
    status: 403,
    zh: "签名与终端的密钥不符。",
    en: "The signature does not fit the terminal's key.",
  },
  "terminal/clock-off": {
    status: 409,
    zh: "终端时钟差得太多，请按服务器时间再试。",
    en: "The terminal's clock is too far off; try again by the server's time.",
  },
  "terminal/request-repeated": {
    status: 409,
    zh: "这个请求已用过，请按服务器时间重新签名。",
    en: "This request was used before; sign a new one by the server's time.",
  },
  "terminal/issued-at-went-back": {
    status: 409,
    zh: "码上的时间早于上一笔，请让摊主重新出码。",
    en: "The code's time lies before the previous sale's; ask the stall for a new one.",
  },
  "claim-code/unknown": {
    status: 404,
    zh: "领用码不对，请核对后再输。",
    en: "This claim code is not right; check it and enter it again.",
  },
  "claim-code/expired": {
    status: 410,
    zh: "领用码已过期，请让管理员再发一个。",
    en: "This claim code has expired; ask for a new one.",
  },
  "claim-code/used": {
    status: 409,
    zh: "领用码已被另一台终端用过，请立即告诉管理员。",
    en: "Another terminal has used this claim code; tell the operator at once.",
  },
  "claim-code/bad-proof": {
    status: 403,
    zh: "终端没有证明它持有这把密钥。",
    en: "The terminal did not prove that it holds this key.",
  },
  "display/unknown": { status: 404, zh: "没有这块顾客屏。", en: "There is no such customer's screen." },
  "display/code-unknown": {
    status: 404,
    zh: "配对码不对，请看收银平板再输。",
    en: "This pairing code is not right; look at the stall's tablet and enter it again.",
  },
  "display/code-expired": {
    status: 410,
    zh: "配对码已过期，请在收银平板上换一个。",
    en: "This pairing code has expired; show a new one on the stall's tablet.",
  },
  "display/code-used": {
    status: 409,
    zh: "配对码已被另一块屏用过，请在收银平板上解除它。",
    en: "Another screen has used this pairing code; end it on the stall's tablet.",
  },
  "display/ended": {
    status: 410,
    zh: "这块顾客屏已解除，请重新配对。",
    en: "This customer's screen was ended; pair it anew.",
  },
  "display/wrong-secret": { status: 403, zh: "顾客屏没有证明自己。", en: "The screen did not prove who it is." },
  "display/too-many": {
    status: 409,
    zh: "最多四块顾客屏，请先解除一块。",
    en: "At most four customer's screens; end one first.",
  },
  "binding/unknown": { status: 404, zh: "没有这个绑定。", en: "There is no such binding." },
  "binding/code-malformed": {
    status: 400,
    zh: "这不是绑定码，请重新扫描。",
    en: "This is not a bind code; scan again.",
  },
  "binding/code-expired": {
    status: 410,
    zh: "绑定码已过期，请让摊主重新出码。",
    en: "The bind code has expired; ask the stall for a new one.",
  },
  "binding/code-used": {
    status: 409,
    zh: "绑定码已被用过，请让摊主重新出码。",
    en: "The bind code has been used; ask the stall for a new one.",
  },
  "binding/already-bound": {
    status: 409,
    zh: "这个钱包已绑定一个摊位，请先解除再绑。",
    en: "This wallet is bound to a merchant already; end that binding first.",
  },
  "binding/proposal-unknown": { status: 404, zh: "没有这条绑定建议。", en: "There is no such proposal." },
  "binding/wrong-state": {
    status: 409,
    zh: "绑定已结束或已过时，请重新绑定。",
    en: "The binding has ended or waited too long; start again.",
  },
  "binding/digits-differ": {
    status: 409,
    zh: "两边的数字不同，请勿确认。",
    en: "The digits on the two screens differ; do not confirm.",
  },
  "participant/unknown": { status: 404, zh: "没有这个机构。", en: "There is no such organisation." },
  "participant/number-taken": {
    status: 409,
    zh: "这个机构编号已被占用。",
    en: "Another organisation has this number.",
  },
  "participant/no-sealing-key": {
    status: 400,
    zh: "封装公钥无效：不是可用的 X25519 公钥。",
    en: "The sealing key is no X25519 public key that keys can be wrapped to.",
  },
  "participant/runs-no-sites": {
    status: 409,
    zh: "这类机构不经营场所。",
    en: "An organisation of this role runs no sites of this kind.",
  },
  "site/unknown": { status: 404, zh: "没有这个场所。", en: "There is no such site." },
  "site/number-taken": { status: 409, zh: "这个场所编号已被占用。", en: "Another site has this number." },
  "merchant/unknown": { status: 404, zh: "没有这个商户。", en: "There is no such merchant." },
  "merchant/suspended": { status: 403, zh: "这个摊位已停用。", en: "This merchant is suspended." },
  "payee/account-unknown": {
    status: 409,
    zh: "网关的配置里没有这个名称的直连收款账户。",
    en: "The gateway's configuration has no direct account of this name.",
  },
  "payee/change-pending": {
    status: 409,
    zh: "已有一项收款账户变更在等待核准。",
    en: "Another change of this payee account is waiting already.",
  },
  "payee/change-unknown": {
    status: 404,
    zh: "没有等待核准的收款账户变更。",
    en: "There is no such change of a payee account.",
  },
  "payee/second-person-needed": {
    status: 403,
    zh: "收款账户变更须由另一人核准，不能是提出人发给令牌的人。",
    en: "A change of a payee account needs the approval of another person, not of one whose token its proposer issued.",
  },
  "catalogue/name-unknown": { status: 404, zh: "没有这个待定名称。", en: "There is no such name in the inbox." },
  "catalogue/synonyms-full": {
    status: 409,
    zh: "这个品种的别名已满，请先在目录中精简。",
    en: "The commodity has as many synonyms as one may have; thin them out in the catalogue first.",
  },
  "catalogue/name-decided": {
    status: 409,
    zh: "这个名称已经归入别的品种。",
    en: "This name was given another meaning already.",
  },
  "catalogue/version-not-next": {
    status: 409,
    zh: "品种目录的版本号不对，请先取最新版本。",
    en: "This is not the catalogue's next version; fetch the newest first.",
  },
  "catalogue/commodity-missing": {
    status: 409,
    zh: "新目录少了已有的品种；品种只能改名，不能删除。",
    en: "A commodity of the previous version is missing; commodities are renamed, never removed.",
  },
  "access/token-unknown": { status: 404, zh: "没有这个访问令牌。", en: "There is no such access token." },
  "access/beyond-own": {
    status: 403,
    zh: "不能授予自己没有的权限。",
    en: "Nobody can grant more than they hold.",
  },
} as const
