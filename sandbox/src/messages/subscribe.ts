/** What `wx.requestSubscribeMessage` and `my.requestSubscribeMessage` do on a phone: a sheet, and the person's answer. */
import { z } from "zod"
import { alipay, wechat } from "../accounts"
import type { Buyer } from "../buyers/buyers"
import type { World } from "../world"

export const subscribeInput = z.strictObject({
  platform: z.enum(["wechat-pay", "alipay"]).default("wechat-pay"),
  /** As the program asks: at most three. Left out: the recall's. */
  templateIds: z.array(z.string().min(1).max(128)).min(1).max(3).optional(),
  answer: z.enum(["accept", "reject"]).default("accept"),
})

/** The answer in the platform's own shape. A template that the program does not have is banned, or refused as a whole. */
export function subscribe(world: World, buyer: Buyer, input: z.output<typeof subscribeInput>): Record<string, unknown> {
  const isAccepted = input.answer === "accept"
  if (input.platform === "wechat-pay") {
    const asked = input.templateIds ?? [wechat.recallTemplateId]
    const openId = buyer.openids[wechat.miniAppId] ?? ""
    const answers = asked.map((id) => {
      if (id !== wechat.recallTemplateId) return [id, "ban"]
      if (isAccepted) world.messages.allow(openId, id)
      return [id, input.answer]
    })
    return { errMsg: "requestSubscribeMessage:ok", ...Object.fromEntries(answers) }
  }
  const asked = input.templateIds ?? [alipay.recallTemplateId]
  if (asked.some((id) => id !== alipay.recallTemplateId)) return { success: false, errorMessage: "模板不存在" }
  if (!isAccepted) return { success: true, behavior: "cancel", subscribeEntityIds: [] }
  for (const id of asked) world.messages.allow(buyer.alipayOpenId, id)
  return { success: true, behavior: "subscribe", subscribeEntityIds: asked }
}
