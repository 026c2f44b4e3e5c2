import { expect, test } from "bun:test"
import { type Notice, parseDownMessage } from "@suyuan/terminal-kiosk/link/down-messages"
import { takeNotice } from "@suyuan/terminal-kiosk/link/take-notice"
import {
  isPayeeChanging,
  keepPayees,
  listPayees,
  type PayeeWord,
  payeesOf,
} from "@suyuan/terminal-kiosk/payees/list-payees"
import { openStall } from "../headless-terminal"

test("[PY-20] a payee that is to change stands out until it applied or was withdrawn, by platform", async () => {
  const { terminal, store } = await openStall()
  const tell = (platform: string, notice: object) =>
    takeNotice(terminal, { v: 1, platform, payee: { mode: "direct", account: platform }, ...notice } as Notice)
  await store.commit([{ table: "notices", change: "put", key: "state", row: { text: "{}", atMs: 0 } }])
  expect(await listPayees(terminal)).toEqual([])
  await tell("wechat-pay", { kind: "payee-applied" })
  await tell("alipay", { kind: "payee-proposed" })
  expect((await listPayees(terminal)).map((one) => [one.platform, isPayeeChanging(one)])).toEqual([
    ["alipay", true],
    ["wechat-pay", false],
  ])
  await tell("alipay", { kind: "payee-approved", appliesAtMs: 1 })
  expect((await listPayees(terminal)).some(isPayeeChanging)).toBe(true)
  await tell("alipay", { kind: "payee-withdrawn" })
  expect((await listPayees(terminal)).some(isPayeeChanging)).toBe(false)
})

test("[PY-20] keeps the newest word about where the stall's money is to go, for its screen", async () => {
  const { terminal, store } = await openStall()
  const payee = { mode: "direct", account: "1800000001" }
  const tell = async (notice: Record<string, unknown>) => {
    const read = parseDownMessage("notice", JSON.stringify({ v: 1, platform: "wechat-pay", payee, ...notice }))
    if (read?.topic !== "notice") throw new Error("a notice that the terminal does not know")
    await takeNotice(terminal, read.message)
    return JSON.parse((await store.get("notices", "payee/wechat-pay"))?.text ?? "{}") as unknown
  }
  expect(await tell({ kind: "payee-proposed" })).toMatchObject({ kind: "payee-proposed", payee })
  expect(await tell({ kind: "payee-approved", appliesAtMs: 1 })).toMatchObject({ appliesAtMs: 1, payee })
  expect(await tell({ kind: "payee-applied" })).toMatchObject({ kind: "payee-applied", payee })
  // From a gateway of before: without the account.
  expect(await tell({ kind: "payee-withdrawn", payee: undefined })).toMatchObject({ kind: "payee-withdrawn" })
})

test("[PY-20] what holds and what it is to become are told apart, whatever the step", async () => {
  const now = { mode: "service-provider", account: "1900000109" }
  const other = { mode: "direct", account: "1800000001" }
  const { terminal } = await openStall()
  const tell = async (notice: Record<string, unknown>) => {
    const read = parseDownMessage("notice", JSON.stringify({ v: 1, platform: "wechat-pay", ...notice }))
    if (read?.topic !== "notice") throw new Error("a notice that the terminal does not know")
    await takeNotice(terminal, read.message)
    return (await listPayees(terminal)).map(payeesOf)
  }
  const both = [{ now, proposed: other }]
  expect(await tell({ kind: "payee-proposed", payee: other, inForce: now })).toEqual(both as never)
  expect(await tell({ kind: "payee-approved", payee: other, inForce: now, appliesAtMs: 1 })).toEqual(both as never)
  expect(await tell({ kind: "payee-withdrawn", payee: other, inForce: now })).toEqual(both as never)
  expect(await tell({ kind: "payee-applied", payee: other })).toEqual([{ now: other, proposed: undefined }] as never)
})

test("[PY-20] what the gateway says with a token is kept once, and a withdrawn change stays to be read beside it", async () => {
  const now = { mode: "service-provider", account: "1900000109" } as const
  const other = { mode: "direct", account: "1800000001" } as const
  const { terminal, store } = await openStall()
  const word: PayeeWord = { kind: "payee-applied", platform: "wechat-pay", payee: now }
  const kinds = async () => (await listPayees(terminal)).map(({ kind }) => kind)
  expect(await keepPayees(terminal, [word])).toBe(true)
  expect((await listPayees(terminal)).map(payeesOf)).toEqual([{ now, proposed: undefined }])
  const { commits } = store
  expect(await keepPayees(terminal, [word])).toBe(false)
  expect(store.commits).toBe(commits)

  await takeNotice(terminal, { v: 1, kind: "payee-withdrawn", platform: "wechat-pay", payee: other, inForce: now })
  expect([await keepPayees(terminal, [word]), await kinds()]).toEqual([false, ["payee-withdrawn"]])
  const open: PayeeWord = { kind: "payee-proposed", platform: "wechat-pay", payee: other, inForce: now }
  expect([await keepPayees(terminal, [open]), await kinds()]).toEqual([true, ["payee-proposed"]])
  expect([await keepPayees(terminal, [{ ...word, payee: other }]), await kinds()]).toEqual([true, ["payee-applied"]])
})
