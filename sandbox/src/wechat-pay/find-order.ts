import { wechat } from "../accounts"
import type { Order } from "../orders/order"
import type { World } from "../world"
import { paramError, wechatErrors } from "./error"

/** An order of this service provider and sub-merchant; another sub-merchant's does not exist for the asker. */
export function findOrder(world: World, orderNo: string, parties: { sp_mchid: string; sub_mchid: string }): Order {
  if (parties.sp_mchid !== wechat.spMchid) throw wechatErrors.noAuth()
  const order = world.store.order("wechat-pay", orderNo)
  if (order === undefined || order.payeeNo !== parties.sub_mchid) throw wechatErrors.orderNotExist()
  return order
}

/** The two merchant numbers of a query string. */
export function partiesOf(query: URLSearchParams): { sp_mchid: string; sub_mchid: string } {
  const value = (name: string) => {
    const text = query.get(name)
    if (text === null || text === "") throw paramError(`/${name}`, "", "必填", "query")
    return text
  }
  return { sp_mchid: value("sp_mchid"), sub_mchid: value("sub_mchid") }
}
