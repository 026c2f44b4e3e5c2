// What must happen once though its answer may be lost: a report, and forgetting.
import { expect, test } from "bun:test"
import { gatewayClient } from "@suyuan/client/client"
import { forgetMe, isForgettingOpen } from "@suyuan/miniprogram/forget-me"
import type { Kept } from "@suyuan/miniprogram/kept"
import { expectQuestion, keepLeave, noteAsked } from "@suyuan/miniprogram/message-leave"
import { photoText, sizeToSend } from "@suyuan/miniprogram/photo-size"
import { sendPhotos } from "@suyuan/miniprogram/problem-photos"
import { purchaseOf, reportProblem } from "@suyuan/miniprogram/problem-report"
import { makeRequestId } from "@suyuan/miniprogram/request-id"
import { gramsOf, kilograms } from "@suyuan/miniprogram/weights"

function memory(all = new Map<string, string>()): Kept {
  return {
    read: (key) => all.get(key),
    write: (key, text) => void (text === undefined ? all.delete(key) : all.set(key, text)),
  }
}

/** Ids of what arrived, with each answer in turn; `undefined`: the answer is lost. */
function gateway(...statuses: readonly (number | undefined)[]) {
  const ids: string[] = []
  const client = gatewayClient(async ({ body }) => {
    const status = statuses[Math.min(ids.length, statuses.length - 1)]
    ids.push((JSON.parse(body ?? "{}") as { id: string }).id)
    if (status === undefined) throw new Error("the answer was lost")
    return { status, headers: {}, body: JSON.stringify({ code: "c", message: "m" }) }
  })
  return { ids, client }
}

const problem = { terminal: "0100000001", counter: 1, kind: "spoiled", said: "坏了" } as const

test("[BY-2] a report whose answer was lost is sent again as the same; another one is another", async () => {
  const kept = memory()
  const { ids, client } = gateway(undefined, 200, 200)
  await expect(reportProblem(client, kept, problem, 1000)).rejects.toThrow()
  await reportProblem(client, kept, problem, 2000)
  await reportProblem(client, kept, problem, 3000)
  expect(ids[1]).toBe(ids[0] ?? "")
  expect(ids[2]).not.toBe(ids[0] ?? "")
})

test("[BY-2] other words are another report", async () => {
  const kept = memory()
  const { ids, client } = gateway(undefined)
  for (const said of ["a", "b"]) await reportProblem(client, kept, { ...problem, said }, 1).catch(() => {})
  expect(ids[0]).not.toBe(ids[1] ?? "")
})

test("[BY-6] photos that had no answer are kept to be sent again, in their places; one that is refused is told", async () => {
  const seen: string[] = []
  const answers: Record<string, number | undefined> = { "0": 204, "1": undefined, "2": 400 }
  const client = gatewayClient(async ({ path }) => {
    const position = path.slice(-1)
    seen.push(path)
    const status = answers[position]
    if (status === undefined) throw new Error("the answer was lost")
    return { status, headers: {}, body: JSON.stringify({ code: "picture/unusable", message: "太大" }) }
  })
  const photos = ["a", "b", "c"].map((base64, position) => ({ base64, position }))
  const sent = await sendPhotos(client, "id", photos)
  expect(sent).toEqual({ unsent: [{ base64: "b", position: 1 }], refusal: "太大" })
  for (const status of [503, 429, 204]) {
    answers["1"] = status
    const again = await sendPhotos(client, "id", sent.unsent)
    expect(again.unsent).toEqual(status === 204 ? [] : sent.unsent)
  }
  expect(seen.slice(3)).toEqual(Array(3).fill("/buyers/problems/id/photos/1"))
})

test("[BY-6] a photo is sent no larger than is needed to see it, and never enlarged", () => {
  expect(sizeToSend({ width: 4000, height: 3000 })).toEqual({ width: 1280, height: 960 })
  expect(sizeToSend({ width: 900, height: 12_000 })).toEqual({ width: 96, height: 1280 })
  expect(sizeToSend({ width: 640, height: 480 })).toEqual({ width: 640, height: 480 })
  expect(sizeToSend({ width: 0, height: 0 })).toEqual({ width: 1, height: 1 })
  expect(photoText("aGk=")).toBe("aGk=")
  for (const bad of ["", "data:,x", "A".repeat(699_053)]) expect(photoText(bad)).toBeUndefined()
})

test("[BY-3] forgetting whose answer was lost stays open, and is asked for again by the same id", async () => {
  const kept = memory()
  const { ids, client } = gateway(undefined, 503, 200)
  await expect(forgetMe(client, kept, 1)).rejects.toThrow()
  expect(isForgettingOpen(kept)).toBe(true)
  await forgetMe(client, kept, 2)
  expect(isForgettingOpen(kept)).toBe(true)
  await forgetMe(client, kept, 3)
  expect(new Set(ids).size).toBe(1)
  expect(isForgettingOpen(kept)).toBe(false)
})

test("[BY-3] what the phone kept of leaves for messages goes with it, and stays when it was refused", async () => {
  const kept = memory()
  noteAsked(kept, "0100000001-7", "refused")
  keepLeave(kept, "template", 1)
  await forgetMe(gateway(409).client, kept, 1)
  expect(expectQuestion(kept, "0100000001-7")).toBe("no")
  await forgetMe(gateway(200).client, kept, 2)
  for (const key of ["leaves-untold", "leave-asked", "leave-refused", "forget-me"])
    expect(kept.read(key)).toBeUndefined()
})

test("[BY-3] what was written of a problem and never heard goes with it, and stays when it was refused", async () => {
  const all = new Map<string, string>()
  const kept = memory(all)
  const written = { ...problem, said: "坏了，我姓名写在这里" }
  await expect(reportProblem(gateway(undefined).client, kept, written, 1)).rejects.toThrow()
  await forgetMe(gateway(409).client, kept, 2)
  expect(JSON.stringify([...all])).toContain(written.said)
  await forgetMe(gateway(200).client, kept, 3)
  expect([...all]).toEqual([])
})

test("[BY-3] forgetting that was refused is over", async () => {
  const kept = memory()
  await forgetMe(gateway(409).client, kept, 1)
  expect(isForgettingOpen(kept)).toBe(false)
})

test("ids are UUIDv7 in lower case, in the order of their making", () => {
  const id = makeRequestId(1_765_000_000_000)
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(makeRequestId(1_765_000_000_001) > id).toBe(true)
  expect(makeRequestId(1, () => 0.999_999)).toMatch(/-bfff-f{12}$/)
})

test("a page's address names a purchase or nothing", () => {
  expect(purchaseOf({ terminal: "0100000001", counter: "7" })).toEqual({ terminal: "0100000001", counter: 7 })
  for (const bad of [{}, { terminal: "01" }, { terminal: "0100000001", counter: "-1" }]) {
    expect(purchaseOf(bad)).toBeUndefined()
  }
})

test("kilograms keep every gram, and what is no weight is none", () => {
  expect([0, 5, 500, 1000, 12_340, -250].map(kilograms)).toEqual(["0", "0.005", "0.5", "1", "12.34", "−0.25"])
  expect(["0.5", "1", " 12.34 ", "1．2"].map(gramsOf)).toEqual([500, 1000, 12_340, 1200])
  expect(["", "1.2345", "-1", "1e3", "一"].map(gramsOf)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})
