/**
 * The gateway's HTTP interface, typed from the committed OpenAPI document, over a transport that the caller brings.
 * What the types say is what our own gateway promises; a caller who must not trust it checks values as well.
 */
import type { paths } from "./openapi"
import { requestPath } from "./request-path"
import type { Transport, TransportRequest, TransportResponse } from "./transport"

type Method = "get" | "post" | "put" | "delete"

type OperationAt<P extends keyof paths, M extends Method> = paths[P] extends { readonly [K in M]: infer O } ? O : never

/** Paths that answer this method. */
export type PathsOf<M extends Method> = {
  [P in keyof paths]: [OperationAt<P, M>] extends [never] ? never : P
}[keyof paths]

type JsonOf<R> = R extends { readonly content: { readonly "application/json": infer Body } }
  ? Body
  : R extends { content: { "application/json": infer Body } }
    ? Body
    : undefined
type Answers<O> = O extends { readonly responses: infer R } ? R : never
type SuccessStatus<O> = Extract<keyof Answers<O>, 200 | 201 | 202 | 204>

/** JSON of the success; `undefined` when there is none. */
export type AnswerOf<P extends keyof paths, M extends Method> = JsonOf<
  Answers<OperationAt<P, M>>[SuccessStatus<OperationAt<P, M>>]
>

type PathParameters<O> = O extends { readonly parameters: { readonly path: infer P } }
  ? { readonly path: P }
  : { readonly path?: never }
type Query<O> = O extends { readonly parameters: { readonly query: infer Q } }
  ? { readonly query: Q }
  : O extends { readonly parameters: { readonly query?: infer Q } }
    ? { readonly query?: Q }
    : { readonly query?: never }
type Body<O> = O extends { readonly requestBody: { readonly content: { readonly "application/json": infer B } } }
  ? { readonly body: B }
  : O extends { readonly requestBody?: { readonly content: { readonly "application/json": infer B } } }
    ? { readonly body?: B }
    : { readonly body?: never }
type AskedOf<O> = PathParameters<O> & Query<O> & Body<O>

/** Path parameters, query and JSON body of a request. */
export type Asked<P extends keyof paths, M extends Method> = AskedOf<OperationAt<P, M>>
type AskedArguments<P extends keyof paths, M extends Method> =
  Record<never, never> extends Asked<P, M> ? [asked?: Asked<P, M>] : [asked: Asked<P, M>]

/** A closed code (docs/errors.md) and one sentence in the language that was asked for. */
export interface Refusal {
  readonly code: string
  readonly message: string
  readonly field?: string
  readonly expected?: string
}

export type ClientAnswer<T> =
  | { readonly ok: true; readonly status: number; readonly value: T }
  | { readonly ok: false; readonly status: number; readonly refusal: Refusal }

export interface ClientOptions {
  /** Asked before each request: an access token, or a buyer's session in a mini-program. */
  readonly token?: () => string | undefined
  /** `zh` or `en`: of refusals. Chinese when left out. */
  readonly language?: "zh" | "en"
}

/** Each rejects when the transport does: then nothing is known, and asking again with the same id is harmless. */
export interface GatewayClient {
  readonly get: Call<"get">
  readonly post: Call<"post">
  readonly put: Call<"put">
  readonly delete: Call<"delete">
  /** The body as it came: a proof is checked byte by byte and must not be parsed and printed again. */
  readonly getText: <P extends PathsOf<"get">>(
    path: P,
    ...asked: AskedArguments<P, "get">
  ) => Promise<ClientAnswer<string>>
}

type Call<M extends Method> = <P extends PathsOf<M>>(
  path: P,
  ...asked: AskedArguments<P, M>
) => Promise<ClientAnswer<AnswerOf<P, M>>>

type AnyAsked = {
  readonly path?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

export function gatewayClient(transport: Transport, options: ClientOptions = {}): GatewayClient {
  const send = (method: TransportRequest["method"], path: string, asked: AnyAsked | undefined) => {
    const token = options.token?.()
    return transport({
      method,
      path: requestPath(path, asked?.path, asked?.query),
      headers: {
        accept: "application/json",
        "accept-language": options.language ?? "zh",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(asked?.body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(asked?.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
    })
  }
  const call =
    <M extends Method>(method: TransportRequest["method"]): Call<M> =>
    async (path, ...[asked]) =>
      readAnswer(await send(method, path, asked as AnyAsked | undefined))
  return {
    get: call("GET"),
    post: call("POST"),
    put: call("PUT"),
    delete: call("DELETE"),
    getText: async (path, ...[asked]) => {
      const response = await send("GET", path, asked as AnyAsked | undefined)
      return isSuccess(response) ? { ok: true, status: response.status, value: response.body } : refused(response)
    },
  }
}

function isSuccess({ status }: TransportResponse): boolean {
  return status >= 200 && status < 300
}

function readAnswer<T>(response: TransportResponse): ClientAnswer<T> {
  if (!isSuccess(response)) return refused(response)
  const value = response.body === "" ? undefined : parseJson(response.body)
  if (response.body !== "" && value === undefined) return notOurs(response.status)
  return { ok: true, status: response.status, value: value as T }
}

function refused(response: TransportResponse): ClientAnswer<never> {
  const body = parseJson(response.body)
  const isRefusal = typeof body === "object" && body !== null && "code" in body && "message" in body
  if (!isRefusal || typeof body.code !== "string" || typeof body.message !== "string") return notOurs(response.status)
  return { ok: false, status: response.status, refusal: body as Refusal }
}

/** A proxy's own page, or a cut answer: whoever wrote it, it is no word of the gateway's. */
function notOurs(status: number): ClientAnswer<never> {
  return { ok: false, status, refusal: { code: "answer/not-understood", message: `HTTP ${status}` } }
}

/** `undefined` for what is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
