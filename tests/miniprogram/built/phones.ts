// The programs for both platforms, a world for them, and phones that are put away after each test.
import { afterAll, afterEach, beforeAll } from "bun:test"
import { buildMiniprogram } from "../../../scripts/miniprogram/build-miniprogram"
import { type BuyerWorld, openBuyerWorld } from "./buyer-world"
import { openPhone, type Phone, type PhoneTarget, targets } from "./phone"

/** For the whole of a test file. @returns the world, once the tests run, and a phone as often as it is asked for */
export function phonesOfBoth() {
  const folders = new Map<PhoneTarget, string>()
  const taken: Phone[] = []
  let world: BuyerWorld | undefined
  const there = () => {
    if (world === undefined) throw new Error("the world opens with the first test")
    return world
  }
  beforeAll(async () => {
    for (const target of targets) folders.set(target, await buildMiniprogram(target, () => {}))
    world = await openBuyerWorld({})
  }, 300_000)
  afterEach(() => {
    for (const { host } of taken.splice(0)) host.close()
  })
  afterAll(() => world?.end())

  function take(target: PhoneTarget, options: Parameters<typeof openPhone>[3] = {}): Phone {
    const phone = openPhone(there(), folders.get(target) ?? "", target, options)
    taken.push(phone)
    return phone
  }
  return { world: there, take, folderOf: (target: PhoneTarget) => folders.get(target) ?? "" }
}
