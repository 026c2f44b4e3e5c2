/** WeChat Pay's own refusals: HTTP status, code, message and detail as the platform writes them. */

export class WechatPayError extends Error {
  readonly status: number
  readonly code: string
  readonly detail: Readonly<Record<string, unknown>> | undefined

  constructor(status: number, code: string, message: string, detail?: Readonly<Record<string, unknown>>) {
    super(message)
    this.status = status
    this.code = code
    this.detail = detail
  }

  body(): string {
    return JSON.stringify({
      code: this.code,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
      message: this.message,
    })
  }
}

export function paramError(field: string, value: unknown, issue: string, location = "body"): WechatPayError {
  return new WechatPayError(400, "PARAM_ERROR", `输入源“/${location}${field}”规则校验失败，${issue}`, {
    location,
    field,
    value: value ?? "",
    issue,
  })
}

export const wechatErrors = {
  orderNotExist: () => new WechatPayError(404, "ORDER_NOT_EXIST", "订单不存在"),
  orderClosed: () => new WechatPayError(400, "ORDER_CLOSED", "该订单已关闭"),
  orderPaid: () => new WechatPayError(400, "ORDERPAID", "该订单已支付"),
  numberUsed: () => new WechatPayError(403, "OUT_TRADE_NO_USED", "商户订单号重复"),
  appNotBound: () => new WechatPayError(400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配"),
  merchantUnknown: () => new WechatPayError(400, "MCH_NOT_EXISTS", "商户号不存在"),
  noAuth: () => new WechatPayError(403, "NO_AUTH", "商户无权限"),
  openidMismatch: () => new WechatPayError(500, "OPENID_MISMATCH", "openid和appid不匹配"),
  resourceNotExists: (message: string) => new WechatPayError(404, "RESOURCE_NOT_EXISTS", message),
  invalidRequest: (message: string) => new WechatPayError(400, "INVALID_REQUEST", message),
  statementCreating: () => new WechatPayError(400, "STATEMENT_CREATING", "账单生成中"),
  noStatement: () => new WechatPayError(400, "NO_STATEMENT_EXIST", "账单文件不存在"),
  systemError: () => new WechatPayError(500, "SYSTEM_ERROR", "系统繁忙，请稍后重试"),
} as const
