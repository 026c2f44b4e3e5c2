// Photos that a stall's tablet sends: its core on a disk of its own, the gateway's HTTP edge, and the way in between.
import { afterAll, beforeAll, expect, setDefaultTimeout } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { recordUploads } from "@suyuan/api/mqtt/record-uploads"
import { createClaimCode } from "@suyuan/api/terminals/create-claim-code"
import type { Transport } from "@suyuan/client/transport"
import { photos } from "@suyuan/drizzle/schema/checks"
import { merchants } from "@suyuan/drizzle/schema/merchants"
import { inspections } from "@suyuan/drizzle/schema/trace"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { enrolTerminal } from "@suyuan/terminal-kiosk/enrol/enrol-terminal"
import { recordInspection } from "@suyuan/terminal-kiosk/inspections/record-inspection"
import { openFileKeys } from "@suyuan/terminal-kiosk/keys/file-keys"
import { type SendBytes, sendPhoto } from "@suyuan/terminal-kiosk/photos/send-photo"
import { keepStallPhoto, sendStallPhoto } from "@suyuan/terminal-kiosk/photos/stall-photo"
import { openJournalStore } from "@suyuan/terminal-kiosk/store/journal-store"
import type { LocalStore } from "@suyuan/terminal-kiosk/store/local-store"
import { openTerminal, type Terminal } from "@suyuan/terminal-kiosk/terminal"
import { eq } from "drizzle-orm"
import { jpegOf } from "../api/inspections/photos"
import { testApp } from "../support/app"
import { type TestGateway, testGateway } from "../support/context"
import { cabbage, stockCatalogue } from "../support/selling"
import { makeStall, operator } from "../support/stall"
import { runRows } from "./run-rows"

setDefaultTimeout(60_000)

let gateway: TestGateway
/** A tab that was killed closed nothing. */
const disks: LocalStore[] = []
const directory = mkdtempSync(join(tmpdir(), "suyuan-photos-"))
beforeAll(async () => {
  gateway = await testGateway()
  await stockCatalogue(gateway.ctx)
})
afterAll(async () => {
  for (const disk of disks) await disk.close()
  await gateway?.close()
  rmSync(directory, { recursive: true, force: true })
})

type Tablet = { readonly merchantId: string; readonly open: () => Promise<Terminal>; readonly send: SendBytes }

/** A base's tablet, enrolled; opened again it has what its disk has. */
async function newTablet(): Promise<Tablet> {
  const { ctx, clock } = gateway
  const app = testApp(ctx)
  const { merchantId } = await makeStall(ctx, "base")
  const { claimCode } = await createClaimCode(ctx, operator, { merchantId, confirmed: true })
  const folder = join(directory, merchantId)
  const openDisk = async () => {
    const store = await openJournalStore(join(folder, "journal"))
    disks.push(store)
    return { keys: openFileKeys(join(folder, "keys")), store }
  }
  const transport: Transport = async ({ method, path, headers, body }) => {
    const response = await app.request(path, { method, headers, ...(body !== undefined && { body }) })
    return { status: response.status, headers: {}, body: await response.text() }
  }
  const enrolled = await enrolTerminal({
    ...(await openDisk()),
    transport,
    claimCode,
    networkId: ctx.config.NETWORK_ID,
  })
  if (!enrolled.ok) throw new Error("the tablet did not enrol")
  const open = async () => {
    const terminal = await openTerminal({ ...(await openDisk()), clock: { ...clock, steadyMs: clock.nowMs } })
    if (terminal === undefined) throw new Error("an enrolled tablet did not open")
    return terminal
  }
  const headers = { "content-type": "application/octet-stream" }
  const send: SendBytes = async (path, bytes) => {
    const response = await app.request(path, { method: "PUT", body: new Uint8Array(bytes), headers })
    return { status: response.status, body: await response.text() }
  }
  return { merchantId, open, send }
}

const lostRequest: SendBytes = () => Promise.reject(new Error("no line"))
const lostAnswer =
  (send: SendBytes): SendBytes =>
  async (...request) => {
    await send(...request)
    throw new Error("no line")
  }

/** The gateway has done it; the tab is gone before it hears. */
function killedAt(send: SendBytes): { readonly send: SendBytes; readonly reached: Promise<void> } {
  const reached = Promise.withResolvers<void>()
  return {
    send: async (...request) => {
      await send(...request)
      reached.resolve()
      return new Promise(() => {})
    },
    reached: reached.promise,
  }
}

const picture = jpegOf(640, 480)
const jpeg = `data:image/jpeg;base64,${Buffer.from(picture).toString("base64")}`

async function shownOf({ merchantId }: Tablet): Promise<string | null | undefined> {
  const [merchant] = await gateway.ctx.db.select().from(merchants).where(eq(merchants.id, merchantId))
  return merchant?.photo
}

/** A test of today's, entered on the tablet and uploaded; the photo's hash where one went before it. */
async function enterTest(terminal: Terminal, photo?: string): Promise<void> {
  const nowMs = gateway.clock.nowMs()
  await recordInspection(terminal, {
    ...{ sampleNumber: "ZJ-1", commodity: cabbage, sampledAtMs: nowMs, method: "酶抑制率法", testerRole: "自检" },
    ...{ standard: "GB/T 5009.199-2003", limitPermille: 500, inhibitionPermille: 120, instrument: "NC-800" },
    ...(photo !== undefined && { photo }),
  })
  for (const [, { envelope }] of await terminal.store.list("outbox")) {
    const payload = fromHex(envelope) ?? new Uint8Array()
    const upload = { terminalId: terminal.identity.terminal, topic: "record" as const, payload, receivedAtMs: nowMs }
    expect(await recordUploads(gateway.ctx, [upload])).toMatchObject([{ refusal: undefined }])
  }
}

const testsOf = async ({ merchantId }: Tablet) =>
  (await gateway.ctx.db.select().from(inspections).where(eq(inspections.merchantId, merchantId))).map(
    ({ photo }) => photo,
  )
const kept = () => gateway.ctx.db.$count(photos)

runRows("photos", {
  stallLostRequest: async () => {
    const tablet = await newTablet()
    const terminal = await tablet.open()
    await keepStallPhoto(terminal, jpeg)
    expect(await sendStallPhoto(terminal, lostRequest)).toMatchObject({ jpeg })
    expect(await shownOf(tablet)).toBeNull()
    expect(await sendStallPhoto(terminal, tablet.send)).toBeUndefined()
    expect(await shownOf(tablet)).not.toBeNull()
  },
  stallLostResponse: async () => {
    const tablet = await newTablet()
    const terminal = await tablet.open()
    await keepStallPhoto(terminal, jpeg)
    expect(await sendStallPhoto(terminal, lostAnswer(tablet.send))).toMatchObject({ jpeg })
    const shown = await shownOf(tablet)
    expect(shown).not.toBeNull()
    gateway.clock.advance(1000)
    expect(await sendStallPhoto(terminal, tablet.send)).toBeUndefined()
    expect(await shownOf(tablet)).toBe(shown!)
  },
  stallKilledTab: async () => {
    const tablet = await newTablet()
    const killed = killedAt(tablet.send)
    const terminal = await tablet.open()
    await keepStallPhoto(terminal, jpeg)
    void sendStallPhoto(terminal, killed.send)
    await killed.reached
    const shown = await shownOf(tablet)
    gateway.clock.advance(1000)
    const opened = await tablet.open()
    expect(await sendStallPhoto(opened, tablet.send)).toBeUndefined()
    expect(await opened.store.count("stallPhoto")).toBe(0)
    expect(await shownOf(tablet)).toBe(shown!)
  },
  testLostRequest: async () => {
    const tablet = await newTablet()
    const terminal = await tablet.open()
    const before = await kept()
    const sent = await sendPhoto(terminal, lostRequest, "test-photo", picture)
    expect(sent).toEqual({ ok: false, error: { kind: "no-answer" } })
    expect(await terminal.store.count("outbox")).toBe(0)
    await enterTest(terminal)
    expect(await testsOf(tablet)).toEqual([null])
    expect(await kept()).toBe(before)
  },
  testLostResponse: async () => {
    const tablet = await newTablet()
    const terminal = await tablet.open()
    const unheard = await sendPhoto(terminal, lostAnswer(tablet.send), "test-photo", picture)
    expect(unheard).toEqual({ ok: false, error: { kind: "no-answer" } })
    const before = await kept()
    gateway.clock.advance(1000)
    const sent = await sendPhoto(terminal, tablet.send, "test-photo", picture)
    if (!sent.ok) throw new Error("the photo did not go again")
    await enterTest(terminal, sent.value)
    expect(await testsOf(tablet)).toEqual([sent.value])
    expect(await kept()).toBe(before)
  },
  testKilledTab: async () => {
    const tablet = await newTablet()
    const killed = killedAt(tablet.send)
    const terminal = await tablet.open()
    void sendPhoto(terminal, killed.send, "test-photo", picture)
    await killed.reached
    const before = await kept()
    gateway.clock.advance(1000)
    const opened = await tablet.open()
    expect(await opened.store.count("outbox")).toBe(0)
    expect(await testsOf(tablet)).toEqual([])
    const sent = await sendPhoto(opened, tablet.send, "test-photo", picture)
    if (!sent.ok) throw new Error("the photo did not go again")
    await enterTest(opened, sent.value)
    expect(await testsOf(tablet)).toEqual([sent.value])
    expect(await kept()).toBe(before)
  },
})
