/** The payment platforms for development, as a process: `bun sandbox/src/main.ts`. */
import { join } from "node:path"
import { z } from "zod"
import { startSandbox } from "./start-sandbox"

export type { SandboxOptions } from "./settings"
export type { Sandbox } from "./start-sandbox"
export { startSandbox } from "./start-sandbox"

const environmentInput = z.object({
  SUYUAN_DATA_DIR: z.string().min(1).default(join(process.cwd(), ".suyuan")),
  SANDBOX_PORT: z.coerce.number().int().min(0).max(65535).default(0),
  SANDBOX_HOST: z.string().min(1).default("127.0.0.1"),
  GATEWAY_PUBLIC_URL: z.url().optional(),
  SANDBOX_KEY_MODE: z.enum(["public-key", "certificate", "migration"]).default("public-key"),
  SANDBOX_SEED: z.coerce.number().int().default(1),
})

async function run(): Promise<void> {
  const parsed = environmentInput.safeParse(process.env)
  if (!parsed.success) throw new Error(`The sandbox's settings are wrong.\n${z.prettifyError(parsed.error)}`)
  const { SUYUAN_DATA_DIR, SANDBOX_PORT, SANDBOX_HOST, GATEWAY_PUBLIC_URL, SANDBOX_KEY_MODE, SANDBOX_SEED } =
    parsed.data
  const sandbox = await startSandbox({
    dataDir: SUYUAN_DATA_DIR,
    port: SANDBOX_PORT,
    host: SANDBOX_HOST,
    keyMode: SANDBOX_KEY_MODE,
    seed: SANDBOX_SEED,
    ...(GATEWAY_PUBLIC_URL === undefined ? {} : { gatewayUrl: GATEWAY_PUBLIC_URL }),
  })
  console.log(`sandbox: ${sandbox.url}/ (market corner), settings for a gateway in ${sandbox.environmentFile}`)
  const end = () => void sandbox.stop().then(() => process.exit(0))
  process.on("SIGINT", end)
  process.on("SIGTERM", end)
}

if (import.meta.main) {
  run().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  })
}
