import { expect, test } from "bun:test"
import { parseDownMessage } from "@suyuan/terminal-kiosk/link/down-messages"
import { takeNotice } from "@suyuan/terminal-kiosk/link/take-notice"
import { openStall } from "../headless-terminal"

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
