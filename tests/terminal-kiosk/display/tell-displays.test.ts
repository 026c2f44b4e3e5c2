import { expect, test } from "bun:test"
import { DisplayTeller } from "@suyuan/terminal-kiosk/display/tell-displays"

/** A session whose publishes the test lets through. */
function session() {
  const sent: string[] = []
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = []
  return {
    sent,
    show: (displayId: string, text: string) => {
      sent.push(`${displayId} ${text}`)
      return new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }))
    },
    async settle(how: "resolve" | "reject" = "resolve") {
      waiting.shift()?.[how](new Error("over"))
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
    },
  }
}

const both = (text: string) =>
  new Map([
    ["a", text],
    ["b", text],
  ])

test("[DS-4] tells the newest only, and the same not twice", async () => {
  const teller = new DisplayTeller()
  const link = session()
  teller.speakOver(link)
  teller.say(both("1"))
  teller.say(both("2"))
  teller.say(both("3"))
  for (let turn = 0; turn < 4; turn += 1) await link.settle()
  expect(link.sent).toEqual(["a 1", "a 3", "b 3"])
  teller.say(both("3"))
  expect(link.sent).toHaveLength(3)
})

test("[DS-6] a display that was ended is told an empty text once, and nothing afterwards", async () => {
  const teller = new DisplayTeller()
  const link = session()
  teller.speakOver(link)
  teller.say(new Map([["a", "1"]]))
  await link.settle()
  teller.say(new Map([["a", ""]]))
  await link.settle()
  teller.say(new Map())
  expect(link.sent).toEqual(["a 1", "a "])
})

test("[request lost] what a broken session did not take is told over the next one, from the beginning", async () => {
  const teller = new DisplayTeller()
  const [first, second] = [session(), session()]
  teller.say(both("1"))
  teller.speakOver(first)
  await first.settle("reject")
  expect(first.sent).toEqual(["a 1"])
  teller.speakOver(undefined)
  teller.speakOver(second)
  await second.settle()
  await second.settle()
  expect(second.sent).toEqual(["a 1", "b 1"])
})
