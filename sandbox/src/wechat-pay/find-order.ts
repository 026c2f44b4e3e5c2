import { wechat } from "../accounts"
import type { Order } from "../orders/order"
import type { World } from "../world"
import { checkDirect, type Mode } from "./create-order"
import { paramError, wechatErrors } from "./error"

/** The merchant numbers by which an order is asked for. */
export type Parties =
  | { readonly mode: "partner"; readonly sp_mchid: string; readonly sub_mchid: string }
  | { readonly mode: "direct"; readonly mchid: string }

/** An order of this collector and payee; another one's does not exist for the asker. */
export function findOrder(world: World, signer: string, orderNo: string, parties: Parties): Order {
  if (parties.mode === "direct") checkDirect(signer, parties.mchid)
  else if (parties.sp_mchid !== signer || signer !== wechat.spMchid) throw wechatErrors.noAuth()
  const payeeNo = parties.mode === "direct" ? parties.mchid : parties.sub_mchid
  const order = world.store.order("wechat-pay", orderNo)
  if (order === undefined || order.payeeNo !== payeeNo || order.collector !== signer) throw wechatErrors.orderNotExist()
  return order
}

/** The merchant numbers of a query string. */
export function partiesOf(mode: Mode, query: URLSearchParams): Parties {
  const value = (name: string) => {
    const text = query.get(name)
    if (text === null || text === "") throw paramError(`/${name}`, "", "必填", "query")
    return text
  }
  if (mode === "direct") return { mode, mchid: value("mchid") }
  return { mode, sp_mchid: value("sp_mchid"), sub_mchid: value("sub_mchid") }
}
