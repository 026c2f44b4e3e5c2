/** Alipay's own refusals, as they stand in a response node. */

export class AlipayError extends Error {
  readonly code: string
  readonly msg: string
  readonly subCode: string

  constructor(code: string, msg: string, subCode: string, subMsg: string) {
    super(subMsg)
    this.code = code
    this.msg = msg
    this.subCode = subCode
  }

  node(): Record<string, unknown> {
    return { code: this.code, msg: this.msg, sub_code: this.subCode, sub_msg: this.message }
  }
}

const missing = (subCode: string, subMsg: string) =>
  new AlipayError("40001", "Missing Required Arguments", subCode, subMsg)
const invalid = (subCode: string, subMsg: string) => new AlipayError("40002", "Invalid Arguments", subCode, subMsg)
const business = (subCode: string, subMsg: string) => new AlipayError("40004", "Business Failed", subCode, subMsg)

export const alipayErrors = {
  missingMethod: () => missing("isv.missing-method", "缺少方法名参数"),
  missingAppId: () => missing("isv.missing-app-id", "缺少AppID参数"),
  missingSignature: () => missing("isv.missing-signature", "缺少签名参数"),
  missingTimestamp: () => missing("isv.missing-timestamp", "缺少时间戳参数"),
  invalidMethod: () => invalid("isv.invalid-method", "不存在的方法名"),
  invalidAppId: () => invalid("isv.invalid-app-id", "无效的AppID参数"),
  invalidSignType: () => invalid("isv.invalid-signature-type", "无效的签名类型"),
  invalidCharset: () => invalid("isv.invalid-charset", "字符集错误"),
  invalidTimestamp: () => invalid("isv.invalid-timestamp", "非法的时间戳参数"),
  invalidSignature: (signed: string) =>
    invalid(
      "isv.invalid-signature",
      `验签出错，建议检查签名字符串或签名私钥与应用公钥是否匹配，网关生成的验签字符串为：${signed}`,
    ),
  invalidAuthToken: () =>
    new AlipayError("20001", "Insufficient Token Permissions", "aop.invalid-app-auth-token", "无效的应用授权令牌"),
  codeInvalid: () => invalid("isv.code-invalid", "授权码code无效"),
  grantTypeInvalid: () => invalid("isv.grant-type-invalid", "grant_type参数不正确"),
  systemError: () => business("ACQ.SYSTEM_ERROR", "系统错误"),
  invalidParameter: (what: string) => business("ACQ.INVALID_PARAMETER", `参数有误。${what}`),
  tradeNotExist: () => business("ACQ.TRADE_NOT_EXIST", "交易不存在"),
  tradeHasSuccess: () => business("ACQ.TRADE_HAS_SUCCESS", "交易已被支付"),
  tradeHasClose: () => business("ACQ.TRADE_HAS_CLOSE", "交易已经关闭"),
  contextInconsistent: () => business("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改"),
  tradeStatusError: () => business("ACQ.TRADE_STATUS_ERROR", "交易状态不合法"),
  totalFeeExceed: () => business("ACQ.TOTAL_FEE_EXCEED", "订单总金额不在允许范围内"),
  buyerSellerEqual: () => business("ACQ.BUYER_SELLER_EQUAL", "买卖家不能相同"),
  refundAmountNotEqual: () => business("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限"),
  billNotExist: () => business("isp.bill_not_exist", "账单不存在"),
  formIdInvalid: () => business("FORM_ID_INVALID", "表单号或交易号无效"),
  notSubscribed: () => business("USER_NOT_SUBSCRIBED", "用户未订阅该消息模板"),
  discordantRepeat: () => business("ACQ.DISCORDANT_REPEAT_REQUEST", "不一致的请求"),
} as const
