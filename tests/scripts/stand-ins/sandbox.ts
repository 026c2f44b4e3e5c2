// Stands in for the payment sandbox: writes settings for a gateway as the real one does.
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const folder = join(process.env.SUYUAN_DATA_DIR ?? "", "sandbox")
const url = `http://127.0.0.1:${process.env.SANDBOX_PORT}`
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, "gateway.env"), `WECHAT_PAY_BASE_URL=${url}\nALIPAY_GATEWAY_URL=${url}/gateway.do?a=b\n`)
Bun.serve({ hostname: "127.0.0.1", port: Number(process.env.SANDBOX_PORT), fetch: () => new Response("ok") })
process.on("SIGTERM", () => process.exit(0))
