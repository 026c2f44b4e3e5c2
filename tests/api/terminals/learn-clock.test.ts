import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { requireTerminal } from "@suyuan/api/terminals/authenticate"
import { issuedAtWentBack, learnClock, nextClockOffsetMs, samplesAgree } from "@suyuan/api/terminals/learn-clock"
import { placedAtMs, withOffset } from "@suyuan/api/terminals/terminal-time"
import fc from "fast-check"
import { type TestGateway, testGateway } from "../../support/context"
import { enrolTerminal, makeStall } from "../../support/stall"

describe("[EN-12] a learned clock offset", () => {
  test("starts at the first sample", () => {
    expect(nextClockOffsetMs(undefined, -3_600_000)).toBe(-3_600_000)
  })

  test("believes a smaller sample at once: messages are late, never early", () => {
    expect(nextClockOffsetMs(5_000, 200)).toBe(200)
  })

  test("one message that a broker held back for ten minutes moves it by a quarter, and the next puts it right", () => {
    const afterLate = nextClockOffsetMs(0, 600_000)
    expect(afterLate).toBe(150_000)
    expect(nextClockOffsetMs(afterLate, 30)).toBe(30)
  })

  test("a clock set back by an hour is found to 5 minutes within ten exchanges", () => {
    let offsetMs = 0
    for (let i = 0; i < 10; i++) offsetMs = nextClockOffsetMs(offsetMs, 3_600_000)
    expect(3_600_000 - offsetMs).toBeLessThan(300_000)
  })

  test("two hellos that say the same of it are believed at once", () => {
    expect(nextClockOffsetMs(-10_800_000, 250, 90)).toBe(90)
    expect(nextClockOffsetMs(-10_800_000, 90, 250)).toBe(90)
  })

  const hello = (sentAtMs: number, receivedAtMs: number) => ({ terminalId: 1, sentAtMs, receivedAtMs })
  const pairs = [
    ["came as far apart as they were said", hello(2_000, 2_900), true],
    ["were held back together", hello(30_000, 600_000), false],
    ["came together, said two seconds apart", hello(2_000, 600_000), false],
    ["are one hello that came twice", hello(0, 2_000), false],
    ["were said the other way round", hello(-2_000, 600_900), false],
  ] as const
  for (const [what, second, agree] of pairs) {
    test(`hellos that ${what} ${agree ? "speak for each other" : "do not speak for each other"}`, () => {
      expect(samplesAgree(hello(0, agree ? 0 : 600_000), second)).toBe(agree)
    })
  }

  test("stays between the smallest and the largest sample, whatever their order", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 30 }), (samples) => {
        let offsetMs: number | undefined
        for (const sample of samples) offsetMs = nextClockOffsetMs(offsetMs, sample)
        expect(offsetMs).toBeGreaterThanOrEqual(Math.min(...samples))
        expect(offsetMs).toBeLessThanOrEqual(Math.max(...samples))
      }),
      { numRuns: 200 },
    )
  })
})

describe("[EN-12] what a terminal said, by everybody's clock", () => {
  const unknown = { clockOffsetMs: 0, clockLoweredAtMs: null, clockLoweredFromMs: null }

  test("goods are counted after they came, though a better hello came between", () => {
    const slow = withOffset(unknown, 700, 10_000)
    const cameAtMs = placedAtMs(slow, 11_000)
    const better = withOffset(slow, 20, 12_100)
    // Signed times are whole seconds: the count's is below the hello's.
    expect(placedAtMs(better, 12_000)).toBeGreaterThanOrEqual(cameAtMs)
    expect(placedAtMs(better, 11_000)).toBe(cameAtMs)
    expect(placedAtMs(better, 60_000)).toBe(60_020)
  })

  test("a clock that was set by more is placed by its new offset alone", () => {
    expect(placedAtMs(withOffset(unknown, -3_600_000, 9_000_000), 9_001_000)).toBe(5_401_000)
  })

  test("whatever hellos say of a clock that nobody sets, what is said in order is placed in order", () => {
    const steps = fc.array(fc.record({ afterMs: fc.nat(3_000), offsetMs: fc.nat(4_000) }), {
      minLength: 1,
      maxLength: 30,
    })
    fc.assert(
      fc.property(steps, (hellos) => {
        let [clock, saidMs, placedMs] = [unknown as Parameters<typeof placedAtMs>[0], 0, 0]
        for (const { afterMs, offsetMs } of hellos) {
          saidMs += afterMs
          clock = withOffset(clock, offsetMs, saidMs)
          expect(placedAtMs(clock, saidMs)).toBeGreaterThanOrEqual(placedMs)
          placedMs = placedAtMs(clock, saidMs)
          expect(placedMs).toBeLessThanOrEqual(saidMs + 4_000)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe("learning from hellos", () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await testGateway()
  }, 60_000)
  afterAll(() => gateway.close())

  test("keeps offset and sighting; many at once end at the smallest", async () => {
    const { merchantId } = await makeStall(gateway.ctx)
    const { terminalId } = await enrolTerminal(gateway.ctx, merchantId)
    const receivedAtMs = gateway.clock.nowMs()
    const hello = (delayMs: number) =>
      learnClock(gateway.ctx, { terminalId, sentAtMs: receivedAtMs + 60_000 - delayMs, receivedAtMs })
    await Promise.all([900, 40, 300, 2_000].map(hello))
    await hello(40)
    const row = await requireTerminal(gateway.ctx.db, terminalId)
    expect(row.clockOffsetMs).toBe(-59_960)
    expect(row.lastSeenAt?.getTime()).toBe(receivedAtMs)
  })

  test("a clock that was set back is believed at its second hello", async () => {
    const { merchantId } = await makeStall(gateway.ctx)
    const { terminalId } = await enrolTerminal(gateway.ctx, merchantId)
    const nowMs = gateway.clock.nowMs()
    const before = { terminalId, sentAtMs: nowMs + 10_800_000, receivedAtMs: nowMs }
    const first = { terminalId, sentAtMs: nowMs + 30_000, receivedAtMs: nowMs + 30_080 }
    const second = { terminalId, sentAtMs: nowMs + 32_000, receivedAtMs: nowMs + 32_060 }
    await learnClock(gateway.ctx, before)
    await learnClock(gateway.ctx, first, before)
    expect((await requireTerminal(gateway.ctx.db, terminalId)).clockOffsetMs).toBeLessThan(-8_000_000)
    await learnClock(gateway.ctx, second, first)
    expect((await requireTerminal(gateway.ctx.db, terminalId)).clockOffsetMs).toBe(60)
  })

  test("a terminal that is gone teaches nothing", async () => {
    await learnClock(gateway.ctx, { terminalId: 1, sentAtMs: 0, receivedAtMs: 1 })
  })
})

describe("[EN-13] issue times rise with counters", () => {
  const newest = { lastCounter: 10, lastIssuedAt: new Date(1_000_000) }
  const rows = [
    ["a later sale at a later time", 11, 1_000_001, false],
    ["a later sale in the same second", 11, 1_000_000, false],
    ["a later sale at an earlier time", 11, 999_999, true],
    ["an earlier sale, scanned late", 9, 999_999, false],
    ["an earlier sale that claims a later time", 9, 1_000_001, true],
    ["the same sale again", 10, 1_000_000, false],
  ] as const
  for (const [what, counter, atMs, wentBack] of rows) {
    test(`${what}: ${wentBack ? "went back" : "fine"}`, () => {
      expect(issuedAtWentBack(newest, { counter, issuedAt: new Date(atMs) })).toBe(wentBack)
    })
  }

  test("the first sale has nothing to contradict", () => {
    expect(issuedAtWentBack({ lastCounter: 0, lastIssuedAt: null }, { counter: 1, issuedAt: new Date(0) })).toBe(false)
  })
})
