// The set-up of files about terminals and merchants.
import { afterAll, beforeAll } from "bun:test"
import { type TestGateway, testGateway } from "./context"
import { makeStall, type TestStall } from "./stall"

/** Before the calling file's first test a gateway with one stall is opened and given; after its last it is closed. */
export function withOwnStall(take: (own: { readonly gateway: TestGateway; readonly stall: TestStall }) => void): void {
  let gateway: TestGateway | undefined
  beforeAll(async () => {
    gateway = await testGateway()
    take({ gateway, stall: await makeStall(gateway.ctx) })
  }, 60_000)
  afterAll(() => gateway?.close())
}
