/** Puts the sandbox together and keeps it going: routes, due refunds, time-outs, notifications. */

import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { Hono } from "hono"
import { alipayNotificationWire } from "./alipay/notify"
import { alipayRoutes } from "./alipay/routes"
import { closeExpiredTrades } from "./alipay/trade"
import { BillFiles } from "./bills/bill-files"
import { billRoutes } from "./bills/routes"
import { Buyers } from "./buyers/buyers"
import { controlRoutes } from "./control/routes"
import { cornerRoutes } from "./corner/routes"
import { Faults } from "./faults/faults"
import { keepKeys } from "./keys/keep-keys"
import { gatewayEnvironment, writeGatewayEnvironment } from "./keys/write-gateway-env"
import { loginPages } from "./login/login-page"
import { wechatLoginRoutes } from "./login/wechat-login"
import { Messages } from "./messages/messages"
import { wechatMessageRoutes } from "./messages/wechat-message"
import { alipayMiniCodePictures } from "./mini-codes/alipay-mini-code"
import { wechatMiniCodeRoutes } from "./mini-codes/wechat-mini-code"
import { Notifier } from "./notifications/notifier"
import { settleDueRefunds } from "./orders/settle-refund"
import { Store } from "./orders/store"
import { isLoopback, type SandboxOptions, settingsOf } from "./settings"
import { walletPages } from "./wallet/wallet-pages"
import { wechatNotificationWire } from "./wechat-pay/notify"
import { wechatPayRoutes } from "./wechat-pay/routes"
import type { World } from "./world"

/** Longest time between two looks at what is due; new work wakes the loop at once. */
const lookEveryMs = 100
/** Long enough for a caller to reach its own time-out while the sandbox stays silent. */
const idleSecondsMax = 120

export interface Sandbox {
  /** `http://127.0.0.1:<port>`, no trailing slash. */
  readonly url: string
  readonly port: number
  /** KEY=value pairs as in `gateway.env`. */
  readonly environment: Readonly<Record<string, string>>
  readonly environmentFile: string
  readonly world: World
  stop(): Promise<void>
}

function openWorld(options: SandboxOptions, sandboxDir: string, keys: World["keys"]): World {
  const settings = settingsOf(options)
  const store = new Store(join(sandboxDir, "sandbox.sqlite"))
  const faults = new Faults(settings.seed)
  const world: World = {
    gateway: { url: options.gatewayUrl?.replace(/\/$/, "") },
    settings,
    keys,
    store,
    faults,
    billFiles: new BillFiles(),
    messages: new Messages(settings.clockMs),
    buyers: new Buyers(store, settings.clockMs),
    notifier: new Notifier({
      store,
      faults,
      clockMs: settings.clockMs,
      firstMs: settings.schedule.notifyFirstMs,
      retryMs: settings.schedule.notifyRetryMs,
      wires: { "wechat-pay": wechatNotificationWire(() => world), alipay: alipayNotificationWire(() => world) },
    }),
  }
  return world
}

function routesOf(world: World, options: SandboxOptions): Hono {
  const app = new Hono()
  app.route("/", billRoutes(world))
  app.route("/", wechatPayRoutes(world))
  app.route("/", alipayRoutes(world))
  app.route("/", wechatLoginRoutes(world))
  app.route("/", wechatMessageRoutes(world))
  app.route("/", wechatMiniCodeRoutes(world))
  app.route("/", alipayMiniCodePictures())
  app.route("/", loginPages(world))
  app.route("/", walletPages(world))
  app.route("/sandbox", controlRoutes(world))
  app.route("/", cornerRoutes(world, options.codeSource))
  app.get("/healthz", (c) => c.json({ ok: true }))
  app.onError((error, c) => {
    console.error("sandbox:", error)
    return c.json({ error: "sandbox failure" }, 500)
  })
  return app
}

/** Does what is due now and then, until stopped. */
function keepGoing(world: World): () => Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false
  const look = () => {
    if (stopped) return
    clearTimeout(timer)
    settleDueRefunds(world)
    closeExpiredTrades(world)
    world.notifier.postDue()
    timer = setTimeout(look, lookEveryMs)
  }
  world.notifier.onDue = () => {
    if (stopped) return
    clearTimeout(timer)
    timer = setTimeout(look, 0)
  }
  look()
  return async () => {
    stopped = true
    clearTimeout(timer)
    await world.notifier.stop()
  }
}

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  if (process.env.SUYUAN_ENV === "production") {
    throw new Error("The payment sandbox does not run with SUYUAN_ENV=production: it would take play money for real.")
  }
  const host = options.host ?? "127.0.0.1"
  if (!isLoopback(host))
    throw new Error(`The payment sandbox listens on loopback only, not on ${host}; example: 127.0.0.1`)
  const sandboxDir = join(options.dataDir, "sandbox")
  mkdirSync(sandboxDir, { recursive: true, mode: 0o700 })
  const keys = await keepKeys(sandboxDir, (options.clockMs ?? Date.now)())
  const world = openWorld(options, sandboxDir, keys)
  const app = routesOf(world, options)
  const server = Bun.serve({
    hostname: host,
    port: options.port ?? 0,
    idleTimeout: idleSecondsMax,
    fetch: (request) => app.fetch(request),
  })
  const stopWork = keepGoing(world)
  const port = server.port ?? 0
  const url = `http://${host.includes(":") ? "[::1]" : host}:${port}`
  const environment = gatewayEnvironment(keys, world.settings.keyMode, url)
  const environmentFile = writeGatewayEnvironment(sandboxDir, environment)
  const stop = async () => {
    await server.stop(true)
    await stopWork()
    world.store.close()
  }
  return { url, port, environment, environmentFile, world, stop }
}
