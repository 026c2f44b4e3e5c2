import { expect, test } from "bun:test"
import { gatewayClient } from "@suyuan/client/client"
import type { TransportRequest } from "@suyuan/client/transport"
import type { Kept } from "@suyuan/miniprogram/kept"
import { expectQuestion, keepLeave, noteAsked, readLeave, tellLeaves } from "@suyuan/miniprogram/message-leave"

function memory(): Kept & { readonly all: Map<string, string> } {
  const all = new Map<string, string>()
  return {
    all,
    read: (key) => all.get(key),
    write: (key, text) => void (text === undefined ? all.delete(key) : all.set(key, text)),
  }
}

type Answer = { readonly status: number; readonly json?: unknown } | "no-answer"
function gateway(answers: readonly Answer[]) {
  const asked: TransportRequest[] = []
  const client = gatewayClient(async (request) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? "no-answer"
    asked.push(request)
    if (answer === "no-answer") throw new Error("no network")
    const body = answer.json === undefined ? "" : JSON.stringify(answer.json)
    return { status: answer.status, headers: { "content-type": "application/json" }, body }
  })
  return { asked, client }
}
const offer = (unused: number): Answer => ({ status: 200, json: { templateId: "t", unused } })

test("[RC-19] a sale's page asks once; room is kept for who said no the last time, or was never asked", () => {
  const kept = memory()
  expect(expectQuestion(kept, "a-1")).toBe("likely")
  noteAsked(kept, "a-1", "given")
  expect([expectQuestion(kept, "a-1"), expectQuestion(kept, "a-2")]).toEqual(["no", "unlikely"])
  noteAsked(kept, "a-2", "refused")
  expect([expectQuestion(kept, "a-2"), expectQuestion(kept, "a-3")]).toEqual(["no", "likely"])
})

test("[RC-19] it is told whether a message may come: given, used up, refused, never asked, impossible, or not known", async () => {
  const kept = memory()
  const stands = async (answer: Answer) => (await readLeave(gateway([answer]).client, kept)).at
  expect(await stands(offer(0))).toBe("never-asked")
  noteAsked(kept, "a-1", "refused")
  expect(await stands(offer(0))).toBe("refused")
  noteAsked(kept, "recalls", "given")
  expect(await readLeave(gateway([offer(1)]).client, kept)).toEqual({ at: "given", unused: 1 })
  expect(await stands(offer(0))).toBe("used")
  expect(await stands({ status: 200, json: { templateId: null, unused: 0 } })).toBe("impossible")
  expect(await stands("no-answer")).toBe("unread")
})

test("[RC-19] a yes is kept until the gateway has answered, and told again under the same id", async () => {
  const kept = memory()
  keepLeave(kept, "t", 1_765_000_000_000)
  const { asked, client } = gateway([
    "no-answer",
    { status: 503, json: {} },
    { status: 401, json: {} },
    { status: 204 },
  ])
  expect([await tellLeaves(client, kept), await tellLeaves(client, kept), await tellLeaves(client, kept)]).toEqual([
    false,
    false,
    false,
  ])
  expect(await tellLeaves(client, kept)).toBe(true)
  expect(new Set(asked.map(({ body }) => body)).size).toBe(1)
  expect(JSON.parse(asked[0]?.body ?? "{}")).toMatchObject({ templateId: "t" })
  expect(kept.all.size).toBe(0)
})

test("what the gateway refuses for good is not told again; what somebody else wrote there is nothing", async () => {
  const kept = memory()
  keepLeave(kept, "old", 1)
  expect(await tellLeaves(gateway([{ status: 400, json: { code: "x", message: "" } }]).client, kept)).toBe(true)
  kept.write("leaves-untold", "{")
  expect(await tellLeaves(gateway(["no-answer"]).client, kept)).toBe(true)
})
