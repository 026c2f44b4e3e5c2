// The terminal as the screens use it, without a screen: what a finger does is called by the test.
import { afterAll, beforeAll } from "bun:test"
import { openTerminal } from "@suyuan/terminal-kiosk/terminal"
import { Kiosk } from "../../../terminal-kiosk/screens/session/kiosk"
import { fakeGateway } from "../fake-gateway"
import { openStockedStall, type Stall, testKeys } from "../headless-terminal"

/** What a browser has and a test has not: pictures of codes, a screen that paints, and idle moments. */
const browserParts = {
  ImageData: class {},
  requestAnimationFrame: (paint: () => void) => queueMicrotask(paint),
  requestIdleCallback: (work: () => void) => {
    queueMicrotask(work)
    return 1
  },
  cancelIdleCallback: () => {},
}

/** For the whole of a test file, and for no other. */
export function withBrowserParts(): void {
  const globals = globalThis as unknown as Record<string, unknown>
  const before = Object.keys(browserParts).map((name) => [name, globals[name]] as const)
  beforeAll(() => void Object.assign(globalThis, browserParts))
  afterAll(() => {
    for (const [name, own] of before) {
      if (own === undefined) Reflect.deleteProperty(globalThis, name)
      else globals[name] = own
    }
  })
}

export async function openKiosk(
  answer: Parameters<typeof fakeGateway>[0] = () => "no-answer",
): Promise<{ readonly kiosk: Kiosk; readonly stall: Stall }> {
  const stall = await openStockedStall()
  return { kiosk: await Kiosk.open(stall.terminal, fakeGateway(answer).transport), stall }
}

/** Another page with the same memory: what a reload keeps. */
export async function reopenKiosk({ store, clock }: Stall): Promise<Kiosk> {
  const terminal = await openTerminal({ keys: testKeys(), store, clock })
  if (terminal === undefined) throw new Error("an enrolled terminal did not open")
  return Kiosk.open(terminal, fakeGateway(() => "no-answer").transport)
}
