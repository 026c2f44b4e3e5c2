/**
 * `alipay.open.app.mini.templatemessage.send`: a payment (`form_id`) permits three messages to who paid, for seven days;
 * without one a subscription of the template permits one.
 */
import { z } from "zod"
import { alipay } from "../accounts"
import { alipayErrors } from "../alipay/error"
import { isPublished } from "../mini-codes/mini-code"
import type { World } from "../world"

const input = z
  .object({
    to_user_id: z.string().max(20).optional(),
    to_open_id: z.string().max(128).optional(),
    form_id: z.string().min(1).max(64).optional(),
    user_template_id: z.string().max(64),
    page: z.string().min(1).max(128),
    data: z.string().max(2048),
  })
  .refine(({ to_user_id, to_open_id }) => (to_user_id ?? to_open_id) !== undefined)
const dataInput = z.record(z.string(), z.object({ value: z.string() }))

const messagesMax = 3
const permittedMs = 7 * 86_400_000

export function sendTemplateMessage(world: World, content: unknown): Record<string, unknown> {
  const parsed = input.safeParse(content)
  if (!parsed.success) throw alipayErrors.invalidParameter("模板消息参数有误")
  const { to_user_id, to_open_id, form_id, user_template_id, page, data } = parsed.data
  if (user_template_id !== alipay.recallTemplateId) throw alipayErrors.invalidParameter("模板不存在")
  if (!isPublished(page)) throw alipayErrors.invalidParameter("page不是小程序的页面")
  const to = to_open_id ?? to_user_id ?? ""
  const buyer = world.buyers.byId(alipay.appId, to)
  if (buyer === undefined) throw alipayErrors.invalidParameter("用户不存在")
  // A message that is none uses nobody's leave.
  const values = dataInput.safeParse(parsedOrNothing(data))
  if (!values.success) throw alipayErrors.invalidParameter("data不正确")
  if (form_id === undefined) {
    if (!world.messages.takeLeave(buyer.alipayOpenId, user_template_id)) throw alipayErrors.notSubscribed()
  } else usePayment(world, form_id, buyer.id)
  const plain = Object.fromEntries(Object.entries(values.data).map(([name, { value }]) => [name, value]))
  world.messages.bring({ platform: "alipay", to, template: user_template_id, page, data: plain })
  return { code: "10000", msg: "Success" }
}

function parsedOrNothing(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function usePayment(world: World, formId: string, buyerId: number): void {
  const order = world.store.orderByTradeNo("alipay", formId)
  const payer = order && world.buyers.byId(order.appId, order.payer)
  const isPaid = order?.paidAtMs !== null && order?.paidAtMs !== undefined
  if (!isPaid || payer?.id !== buyerId) throw alipayErrors.formIdInvalid()
  if (world.settings.clockMs() - (order.paidAtMs ?? 0) > permittedMs) throw alipayErrors.formIdInvalid()
  if (!world.messages.usePayment(formId, messagesMax)) throw alipayErrors.formIdInvalid()
}
