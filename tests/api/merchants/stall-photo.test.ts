import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { pictureSize } from "@suyuan/api/merchants/picture-size"
import { removeStallPhoto, sendStallPhoto, setStallPhoto } from "@suyuan/api/merchants/stall-photo"
import { audit } from "@suyuan/drizzle/schema/outbox"
import { concatBytes, toHex, uintToBytes, utf8Encode } from "@suyuan/protocol/codec/bytes"
import { stallPhotoMessage } from "@suyuan/protocol/terminal/stall-photo"
import { eq } from "drizzle-orm"
import { testApp, tokenOf } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import {
  enrolTerminal,
  makeStall,
  operator,
  operatorOf,
  operatorWithout,
  refusalOf,
  type TestStall,
} from "../../support/stall"
import { jpegOf } from "../inspections/photos"

setDefaultTimeout(60_000)

let gateway: TestGateway
let stall: TestStall
beforeAll(async () => {
  gateway = await testGateway()
  stall = await makeStall(gateway.ctx)
})
afterAll(() => gateway?.close())

const set = (given: Uint8Array, actor = operatorOf(stall.siteId)) =>
  setStallPhoto(gateway.ctx, actor, stall.merchantId, given)

test("refuses the wrong actor: without the scope, or of another site", async () => {
  const another = await makeStall(gateway.ctx)
  for (const actor of [operatorWithout("merchants:write"), operatorOf(another.siteId)]) {
    expect(await refusalOf(set(jpegOf(640, 480), actor))).toBe("request/forbidden")
    expect(await refusalOf(removeStallPhoto(gateway.ctx, actor, stall.merchantId))).toBe("request/forbidden")
  }
})

test("a picture that is none, or too large or too small to be shown, is refused and changes nothing", async () => {
  const [, wide, high, small] = [0, jpegOf(2049, 480), jpegOf(640, 65_535), jpegOf(640, 63)]
  for (const given of [utf8Encode("<svg onload=…>"), jpegOf(640, 480).subarray(0, 40), wide, high, small]) {
    expect(await refusalOf(set(given))).toBe("picture/unusable")
  }
  expect(await gateway.ctx.db.select().from(audit).where(eq(audit.subject, stall.merchantId))).toHaveLength(1)
  const png = concatBytes(new Uint8Array(16), uintToBytes(300, 4), uintToBytes(200, 4))
  expect(pictureSize("image/png", png)).toEqual({ width: 300, height: 200 })
})

test("is shown to whoever scans, by the hash of its bytes and for ever; without what the camera wrote beside it", async () => {
  const app = testApp(gateway.ctx)
  const headers = await tokenOf(gateway.ctx, ["merchants:write"], stall.siteId)
  const put = () =>
    app.request(`/merchants/${stall.merchantId}/photo`, {
      ...{ method: "PUT", body: jpegOf(640, 480) },
      headers: { ...headers, "content-type": "application/octet-stream" },
    })
  const { hash } = (await (await put()).json()) as { hash: string }
  // The answer was lost: the same again is success, and audited once.
  expect((await put()).status).toBe(200)
  const written = await gateway.ctx.db.select().from(audit).where(eq(audit.verb, "merchants/photo"))
  expect(written).toHaveLength(1)

  const shown = await app.request(`/stall-photos/${hash}`)
  expect(shown.headers.get("cache-control")).toBe("public, max-age=31536000, immutable")
  expect(shown.headers.get("content-type")).toBe("image/jpeg")
  expect(await shown.text()).not.toContain("39.9")
  const again = await app.request(`/stall-photos/${hash}`, { headers: { "if-none-match": `"${hash}"` } })
  expect(again.status).toBe(304)

  const removed = await app.request(`/merchants/${stall.merchantId}/photo`, { method: "DELETE", headers })
  expect(removed.status).toBe(204)
  expect((await app.request(`/stall-photos/${hash}`)).status).toBe(404)
})

test("a terminal sends its own stall's, signed: once, in its time, and nobody else's", async () => {
  const { ctx, clock } = gateway
  const { tablet, terminalId } = await enrolTerminal(ctx, stall.merchantId)
  const photo = jpegOf(800, 600)
  const signed = (issuedAtMs: number, of = photo) =>
    tablet.sign(stallPhotoMessage(ctx.config.NETWORK_ID, { terminal: terminalId, issuedAtMs, photo: of }))
  const send = (issuedAtMs: number, signature = signed(issuedAtMs), given = photo) =>
    sendStallPhoto(ctx, { terminalId, issuedAtMs, photo: given, signature })
  const nowMs = clock.nowMs()
  expect(await refusalOf(send(nowMs, signed(nowMs, jpegOf(700, 600))))).toBe("terminal/bad-signature")
  expect(await refusalOf(send(nowMs - 700_000))).toBe("terminal/clock-off")
  const { hash } = await send(nowMs)
  // [response lost] the same request again is the same answer.
  expect(await send(nowMs)).toEqual({ hash })
  const other = jpegOf(900, 600)
  expect((await send(nowMs + 1, signed(nowMs + 1, other), other)).hash).not.toBe(hash)
  // A recorded request brings no old photo back.
  expect(await refusalOf(send(nowMs))).toBe("terminal/request-repeated")

  const query = `issuedAtMs=${nowMs + 2}&signature=${toHex(signed(nowMs + 2))}`
  const path = `/terminals/${terminalId.toString(16).padStart(10, "0")}/stall-photo?${query}`
  const headers = { "content-type": "application/octet-stream" }
  expect((await testApp(ctx).request(path, { method: "PUT", body: photo, headers })).status).toBe(200)
  await setStallPhoto(ctx, operator, stall.merchantId, other)
})
