/**
 * Alipay's template messages (小程序模板消息): a payment of the buyer's permits some for some days, a subscription
 * (`my.requestSubscribeMessage`) one more. As with WeChat a repeated message is another one.
 */
import type { Config } from "../config"
import type { Clock } from "../context"
import type { BuyerNotifier, MessageOutcome, RecallMessage } from "../recalls/buyer-notifier"
import { alipayClientOptions } from "./alipay"
import { type AlipayClientOptions, alipayCaller } from "./alipay-client"
import { callAlipayOnce } from "./alipay-once"

export type AlipayMessageOptions = AlipayClientOptions & { readonly templateId: string }

/** The permission is not there, or not any more; other refusals are about the message. */
const notPermittedWords = /FORM|USER|TRADENO|EXPIRE|LIMIT|SUBSCRI/
const busyCodes = new Set(["SYSTEMERROR", "UNKNOWERROR"])

export function alipayMessage(options: AlipayMessageOptions): BuyerNotifier {
  const { page: signedAddress, sdk } = alipayCaller(options)
  const once = { sdk, page: signedAddress, timeoutMs: options.timeoutMs }

  /** @param formId the payment that permits it; none: a subscription does. */
  async function sendOnce(message: RecallMessage, formId: string | undefined): Promise<MessageOutcome> {
    const { openId, page, goods, boughtOn, reason } = message
    const answer = await callAlipayOnce(once, "alipay.open.app.mini.templatemessage.send", {
      // Old identities are user numbers.
      ...(/^2088[0-9]{12}$/.test(openId) ? { to_user_id: openId } : { to_open_id: openId }),
      ...(formId === undefined ? {} : { form_id: formId }),
      user_template_id: options.templateId,
      page,
      data: JSON.stringify({
        keyword1: { value: goods },
        keyword2: { value: boughtOn },
        keyword3: { value: reason },
      }),
    })
    if (answer.kind === "unknown") return answer
    if (answer.kind === "answered") return { kind: "sent", messageId: undefined, byLeave: formId === undefined }
    if (busyCodes.has(answer.code)) return { kind: "busy" }
    return { kind: notPermittedWords.test(answer.code) ? "not-permitted" : "failed", code: answer.code }
  }

  return {
    appId: options.appId,
    send: async (message) => {
      const { transactionId, hasLeave } = message
      if (transactionId === undefined && !hasLeave) return { kind: "not-permitted", code: "no-payment" }
      if (transactionId === undefined) return sendOnce(message, undefined)
      const byPayment = await sendOnce(message, transactionId)
      // Too long ago, or its messages are used up: that was a certain no.
      return byPayment.kind === "not-permitted" && hasLeave ? sendOnce(message, undefined) : byPayment
    },
  }
}

/** None without a template. */
export function alipayMessageFromConfig(config: Config, clock: Clock): BuyerNotifier | undefined {
  const templateId = config.ALIPAY_RECALL_TEMPLATE_ID
  return templateId === undefined ? undefined : alipayMessage({ ...alipayClientOptions(config, clock), templateId })
}
