import { type ErrorCode, errorWords } from "@suyuan/look/errors"
import type { Context as HttpContext } from "hono"
import { HTTPException } from "hono/http-exception"
import type { ContentfulStatusCode } from "hono/utils/http-status"
import type { Logger } from "pino"
import { describeFailure, ServiceError } from "../errors"
import type { Language } from "./language"
import type { HttpEnvironment } from "./router"

/** Body of every refusal. */
export type ErrorBody = {
  readonly code: ErrorCode
  /** One sentence in the reader's language. */
  readonly message: string
  readonly field?: string
  readonly expected?: string
}

/** A page instead of JSON, for a browser that asked for one; `undefined` leaves it to JSON. */
export type ErrorPage = (
  c: HttpContext<HttpEnvironment>,
  body: ErrorBody,
  status: ContentfulStatusCode,
) => Response | Promise<Response> | undefined

/** The one place where an error becomes an answer. What is not an expected refusal is logged and never told. */
export function answerError(log: Logger, errorPage?: ErrorPage) {
  return (error: Error, c: HttpContext<HttpEnvironment>): Response | Promise<Response> => {
    const refusal = refusalOf(error)
    if (refusal.code === "service/failed") log.error(describeFailure(error), "a request failed")
    const status = errorWords[refusal.code].status as ContentfulStatusCode
    const body = errorBody(refusal, c.get("language") ?? "zh")
    return errorPage?.(c, body, status) ?? c.json(body, status)
  }
}

export function errorBody(error: ServiceError, language: Language): ErrorBody {
  return {
    code: error.code,
    message: errorWords[error.code][language],
    ...(error.field === undefined ? {} : { field: error.field }),
    ...(error.expected === undefined ? {} : { expected: error.expected }),
  }
}

function refusalOf(error: Error): ServiceError {
  if (error instanceof ServiceError) return error
  // Hono's own: JSON that does not parse, a body over the limit.
  if (error instanceof HTTPException && error.status === 413) return new ServiceError("request/too-large")
  if (error instanceof HTTPException && error.status < 500) return new ServiceError("request/malformed")
  return new ServiceError("service/failed")
}
