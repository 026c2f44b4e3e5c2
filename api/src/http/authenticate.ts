import type { MiddlewareHandler } from "hono"
import { findActor } from "../access/find-actor"
import { type Actor, requireScope, type Scope } from "../actor"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import type { HttpEnvironment } from "./router"

const bearerPattern = /^Bearer ([\x21-\x7e]{1,512})$/i

/** The token of `Authorization: Bearer …`. */
export function bearerToken(header: string | undefined): string | undefined {
  return bearerPattern.exec(header ?? "")?.[1]
}

/** The operator, inspector or machine behind the request's bearer token, if there is one. */
export async function actorOf(
  ctx: Pick<Context, "db" | "clock">,
  authorization: string | undefined,
): Promise<Actor | undefined> {
  const token = bearerToken(authorization)
  return token === undefined ? undefined : findActor(ctx, token)
}

/** Routes behind it have `c.get("actor")`: `request/unauthenticated` without a valid token, and with a scope named, `request/forbidden` without it. */
export function requireActor(ctx: Pick<Context, "db" | "clock">, scope?: Scope): MiddlewareHandler<HttpEnvironment> {
  return async (c, next) => {
    const actor = await actorOf(ctx, c.req.header("authorization"))
    if (!actor) throw new ServiceError("request/unauthenticated")
    if (scope) requireScope(actor, scope)
    c.set("actor", actor)
    await next()
  }
}
