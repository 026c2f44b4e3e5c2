/** `/sandbox/*`: what tests, the demo and the market corner steer by. docs/sandbox.md lists it. */

import type { Context } from "hono"
import { Hono } from "hono"
import { z } from "zod"
import type { Platform } from "../accounts"
import type { Buyer } from "../buyers/buyers"
import { bridgeInput, confirmPayment, decisions } from "../buyers/confirm-payment"
import { faultInput } from "../faults/faults"
import { subscribe, subscribeInput } from "../messages/subscribe"
import type { Order } from "../orders/order"
import { payOrder } from "../orders/pay-order"
import { bookRefund } from "../orders/settle-refund"
import { isReachable } from "../settings"
import type { World } from "../world"
import { guard } from "./guard"

const buyerInput = z.strictObject({ name: z.string().min(1).max(32).optional() })
const codeInput = z.strictObject({ kind: z.enum(["wechat-mini", "wechat-h5", "alipay"]) })
const payInput = z.strictObject({
  bridge: bridgeInput,
  decision: z.enum(decisions).default("pay"),
  couponFen: z.number().int().min(0).default(0),
})
const seedInput = z.strictObject({ seed: z.number().int() })
/** Loopback only: the phone opens what it is told, and must not become a way to other machines. */
const gatewayInput = z.strictObject({
  url: z.url().refine((url) => isReachable(new URL(url), undefined), "a loopback address"),
})

/** Parsed body, or the answer that says what is wrong with it. */
async function read<T>(c: Context, schema: z.ZodType<T>): Promise<{ value: T } | { refusal: Response }> {
  const body: unknown = await c.req.json().catch(() => undefined)
  const parsed = schema.safeParse(body)
  if (parsed.success) return { value: parsed.data }
  return { refusal: c.json({ error: z.prettifyError(parsed.error) }, 400) }
}

function orderView(order: Order) {
  const { platform, orderNo, tradeNo, payeeNo, amountFen, couponFen, refundedFen, description, state } = order
  const { createdAtMs, expiresAtMs, paidAtMs, closedAtMs, payer, collector, way } = order
  return {
    platform,
    collector,
    way,
    orderNo,
    tradeNo,
    payeeNo,
    payer,
    amountFen,
    couponFen,
    refundedFen,
    description,
    state,
    createdAtMs,
    expiresAtMs,
    paidAtMs,
    closedAtMs,
  }
}

function buyerRoutes(world: World): Hono {
  const routes = new Hono()
  const buyerOf = (c: Context): Buyer | undefined => world.buyers.get(Number(c.req.param("id")))
  routes.get("/", (c) => c.json({ buyers: world.buyers.list() }))
  routes.post("/", async (c) => {
    const input = await read(c, buyerInput)
    if ("refusal" in input) return input.refusal
    return c.json(world.buyers.add(input.value.name ?? `买家 ${world.buyers.list().length + 1}`), 201)
  })
  routes.post("/:id/codes", async (c) => {
    const buyer = buyerOf(c)
    if (buyer === undefined) return c.json({ error: "no such buyer" }, 404)
    const input = await read(c, codeInput)
    if ("refusal" in input) return input.refusal
    return c.json({ code: world.buyers.issueCode(buyer, input.value.kind) }, 201)
  })
  // The sheet that asks whether a message may come, and the person's answer to it.
  routes.post("/:id/message-leaves", async (c) => {
    const buyer = buyerOf(c)
    if (buyer === undefined) return c.json({ error: "no such buyer" }, 404)
    const input = await read(c, subscribeInput)
    return "refusal" in input ? input.refusal : c.json(subscribe(world, buyer, input.value), 201)
  })
  // The person turns the program's messages off: what was allowed is not any more.
  routes.delete("/:id/message-leaves", (c) => {
    const buyer = buyerOf(c)
    if (buyer === undefined) return c.json({ error: "no such buyer" }, 404)
    for (const id of [...Object.values(buyer.openids), buyer.alipayOpenId]) world.messages.turnOff(id)
    return c.body(null, 204)
  })
  routes.post("/:id/pay", async (c) => {
    const buyer = buyerOf(c)
    if (buyer === undefined) return c.json({ error: "no such buyer" }, 404)
    const input = await read(c, payInput)
    if ("refusal" in input) return input.refusal
    const { bridge, decision, couponFen } = input.value
    return c.json(await confirmPayment(world, buyer, bridge, decision, couponFen))
  })
  return routes
}

function faultRoutes(world: World): Hono {
  const routes = new Hono()
  routes.get("/", (c) => c.json({ seed: world.faults.seed, rules: world.faults.rules() }))
  routes.post("/", async (c) => {
    const input = await read(c, faultInput)
    if ("refusal" in input) return input.refusal
    return c.json(world.faults.add(input.value), 201)
  })
  routes.delete("/", (c) => {
    world.faults.clear()
    return c.json({ rules: [] })
  })
  routes.put("/seed", async (c) => {
    const input = await read(c, seedInput)
    if ("refusal" in input) return input.refusal
    world.faults.seed = input.value.seed
    return c.json({ seed: input.value.seed })
  })
  return routes
}

function orderRoutes(world: World): Hono {
  const routes = new Hono()
  routes.get("/", (c) => {
    const limit = Math.min(Math.max(Number(c.req.query("limit") ?? 100) || 100, 1), 100_000)
    return c.json({ orders: world.store.orders(limit).map(orderView) })
  })
  routes.get("/:platform/:number", (c) => {
    const order = world.store.order(c.req.param("platform") as Platform, c.req.param("number"))
    if (order === undefined) return c.json({ error: "no such order" }, 404)
    return c.json({ ...orderView(order), refunds: world.store.refundsOf(order.platform, order.orderNo) })
  })
  // For fault tests: the payer of the order pays, though no page ever got the payment call; of a code, the first buyer.
  routes.post("/:platform/:number/pay", async (c) => {
    const order = world.store.order(c.req.param("platform") as Platform, c.req.param("number"))
    if (order === undefined) return c.json({ error: "no such order" }, 404)
    const outcome = await payOrder(world, order, 0, world.buyers.list()[0])
    return c.json(outcome.ok ? { ok: true, order: orderView(outcome.order) } : outcome, outcome.ok ? 200 : 409)
  })
  // The merchant's desk, where a person gives back by hand what ended ABNORMAL; nobody is told.
  routes.post("/:platform/:number/refunds/:refund/by-hand", (c) => {
    const refund = world.store.refund(c.req.param("platform") as Platform, c.req.param("refund"))
    if (refund?.orderNo !== c.req.param("number")) return c.json({ error: "no such refund" }, 404)
    if (refund.state !== "abnormal") return c.json({ error: `the refund is ${refund.state}` }, 409)
    return c.json(bookRefund(world, refund, "succeeded").refund)
  })
  return routes
}

export function controlRoutes(world: World): Hono {
  const routes = new Hono()
  routes.use("*", guard)
  routes.route("/buyers", buyerRoutes(world))
  routes.route("/faults", faultRoutes(world))
  routes.route("/orders", orderRoutes(world))
  routes.put("/gateway", async (c) => {
    const input = await read(c, gatewayInput)
    if ("refusal" in input) return input.refusal
    world.gateway.url = new URL(input.value.url).origin
    return c.json({ url: world.gateway.url })
  })
  routes.get("/messages", (c) => c.json({ messages: world.messages.list() }))
  routes.get("/notifications", (c) => c.json({ notifications: world.notifier.list() }))
  routes.get("/books", (c) => {
    const platforms = { "wechat-pay": world.store.books("wechat-pay"), alipay: world.store.books("alipay") }
    const sum = (name: "receiptsFen" | "refundsFen") => platforms["wechat-pay"][name] + platforms.alipay[name]
    return c.json({ receiptsFen: sum("receiptsFen"), refundsFen: sum("refundsFen"), platforms })
  })
  return routes
}
