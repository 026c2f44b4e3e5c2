// A gateway over HTTP that answers what the test says, and remembers what it was asked.
import type { Transport, TransportRequest } from "@suyuan/client/transport"

export type FakeAnswer = { readonly status: number; readonly json: unknown } | "no-answer"

export interface Asked {
  readonly path: string
  readonly body: Record<string, unknown>
}

export function fakeGateway(answer: (asked: Asked) => FakeAnswer) {
  const asked: Asked[] = []
  const transport: Transport = async ({ path, body }: TransportRequest) => {
    const one = { path, body: JSON.parse(body ?? "{}") as Record<string, unknown> }
    asked.push(one)
    const given = answer(one)
    if (given === "no-answer") throw new Error("the connection broke")
    return { status: given.status, headers: {}, body: JSON.stringify(given.json) }
  }
  return { asked, transport }
}

export function brokerAccess(more: Record<string, unknown> = {}): FakeAnswer {
  const json = {
    brokerToken: "token",
    brokerTokenExpiresAtMs: 1,
    brokerUrl: "ws://127.0.0.1:1",
    serverTimeMs: 1,
    state: "active",
    ...more,
  }
  return { status: 200, json }
}
