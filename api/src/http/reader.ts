import type { Context as HttpContext, MiddlewareHandler } from "hono"
import type { Actor } from "../actor"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { actorOf } from "./authenticate"
import { findBuyer } from "./buyer-session"
import type { HttpEnvironment } from "./router"

/** A buyer's session or an operator's token behind the request: for what either side may do or read. */
export async function readerOf(
  ctx: Pick<Context, "db" | "clock">,
  c: HttpContext<HttpEnvironment>,
): Promise<Actor | undefined> {
  return (await findBuyer(ctx, c))?.actor ?? (await actorOf(ctx, c.req.header("authorization")))
}

/** Routes behind it have either of them as `c.get("actor")`; others get `request/unauthenticated`. */
export function requireReader(ctx: Pick<Context, "db" | "clock">): MiddlewareHandler<HttpEnvironment> {
  return async (c, next) => {
    const actor = await readerOf(ctx, c)
    if (!actor) throw new ServiceError("request/unauthenticated")
    c.set("actor", actor)
    await next()
  }
}
