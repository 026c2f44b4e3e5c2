// A broker in memory: sessions that the test watches, feeds and breaks.

import { parseUpload, type Upload } from "@suyuan/protocol/terminal/upload"
import type { BrokerAddress, BrokerLink, ConnectBroker, LinkEvents } from "@suyuan/terminal-kiosk/link/broker-link"

export interface FakeSession {
  readonly address: BrokerAddress
  readonly uploads: Upload[]
  /** Display id and text, as they came. */
  readonly shown: (readonly [string, string])[]
  /** As from the gateway: resolves when the terminal has kept it. */
  say(topic: string, message: unknown): Promise<void>
  breakOff(): void
}

export function fakeBroker(onUpload: (upload: Upload, session: FakeSession) => void = () => {}) {
  const sessions: FakeSession[] = []
  const waiting: (() => void)[] = []
  const changed = () => {
    for (const look of waiting.splice(0)) look()
  }
  const connect: ConnectBroker = async (address: BrokerAddress, events: LinkEvents): Promise<BrokerLink> => {
    const closed = Promise.withResolvers<void>()
    const session: FakeSession = {
      address,
      uploads: [],
      shown: [],
      say: async (topic, message) => {
        await events.onMessage(topic, typeof message === "string" ? message : JSON.stringify(message))
        changed()
      },
      breakOff: () => closed.resolve(),
    }
    sessions.push(session)
    changed()
    return {
      publish: async (_topic, payload) => {
        const upload = parseUpload(payload)
        if (!upload.ok) throw new Error(upload.error)
        session.uploads.push(upload.value)
        onUpload(upload.value, session)
        changed()
      },
      show: async (displayId, text) => {
        session.shown.push([displayId, text])
        changed()
      },
      closed: closed.promise,
      close: async () => closed.resolve(),
    }
  }
  /** Resolves when the condition holds; looked at whenever something happens here. */
  const until = async (condition: () => boolean | Promise<boolean>) => {
    while (!(await condition())) await new Promise<void>((resolve) => waiting.push(resolve))
  }
  return { connect, sessions, until, changed }
}
