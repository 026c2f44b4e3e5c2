// Puts the gateway together: settings, database, adapters, routes, jobs. Nothing else knows both ports and adapters.
import { randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { hostname } from "node:os"
import { parseDeployment } from "@suyuan/contracts/deployment"
import { migrate } from "@suyuan/drizzle/migrate"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { computeHashesBy } from "@suyuan/protocol/codec/hashes"
import { pino } from "pino"
import postgres from "postgres"
import { admitFirstOperator } from "./access/admit-first-operator"
import { alipayFromConfig } from "./adapters/alipay"
import { alipayLoginFromConfig } from "./adapters/alipay-login"
import { alipayMessageFromConfig } from "./adapters/alipay-message"
import { alipayMiniCodeFromConfig } from "./adapters/alipay-mini-code"
import { BuyerEvents } from "./adapters/buyer-events"
import { databaseOver } from "./adapters/database"
import { endWithConnection } from "./adapters/end-with-connection"
import { connectChain } from "./adapters/evm-chain"
import { connectChainProofs } from "./adapters/evm-chain-proofs"
import { connectParticipantRegistry } from "./adapters/evm-participant-registry"
import { connectTerminalRegister } from "./adapters/evm-terminal-register"
import { connectTerminalRegistry } from "./adapters/evm-terminal-registry"
import { connectBroker } from "./adapters/mqtt-broker"
import { nativeHashes } from "./adapters/native-hashes"
import { nativeVerifier } from "./adapters/native-signatures"
import { wechatLoginFromConfig } from "./adapters/wechat-login"
import { wechatMessageFromConfig } from "./adapters/wechat-message"
import { wechatMiniCodeFromConfig } from "./adapters/wechat-mini-code"
import { wechatPayFromConfig } from "./adapters/wechat-pay"
import { Afterwards } from "./afterwards"
import { type Config, ConfigError, loadConfig, readSecret } from "./config"
import type { Context } from "./context"
import { createApp } from "./http/app"
import { refusalPage } from "./http/pages/refusal-page"
import { databaseProbe, migrationsProbe } from "./http/probes"
import { gatewayRoutes } from "./http/routes"
import { alarmJobs } from "./jobs/alarms"
import { bindingJobs } from "./jobs/bindings"
import { inspectionJobs } from "./jobs/inspections"
import { type Job, runJobs } from "./jobs/job"
import { ledgerJobs } from "./jobs/ledger"
import { participantJobs } from "./jobs/participants"
import { partitionJobs } from "./jobs/partitions"
import { paymentJobs } from "./jobs/payments"
import { recallJobs } from "./jobs/recalls"
import { reconcileJobs } from "./jobs/reconcile"
import { relayOutbox } from "./jobs/relay-outbox"
import { salesJobs } from "./jobs/sales"
import { terminalJobs } from "./jobs/terminals"
import { traceJobs } from "./jobs/trace"
import { deriveKeys } from "./keys"
import { createMetrics } from "./metrics"
import { ShardLeases, shardRenewalMs } from "./mqtt/lease-shards"
import { listenToTerminals } from "./mqtt/listen"
import type { PaymentDeps } from "./payments/payment-deps"
import { questionSettings } from "./questions"
import { completeTrades } from "./sales/complete-trades"
import { brokerTokens } from "./terminals/broker-token"
import { applyRefundedGoods } from "./trace/apply-refunded-goods"
import { watchStart } from "./watch-start"

const databaseRetrySecondsMax = 1

async function main(config: Config): Promise<void> {
  const holder = `${hostname()}-${process.pid}-${randomBytes(3).toString("hex")}`
  const log = pino({ level: config.GATEWAY_LOG_LEVEL })
  computeHashesBy(nativeHashes())
  const start = watchStart(log)
  start.waitsFor("the database, and its migrations")
  await migrate(config.DATABASE_URL)
  const connecting = {
    // By itself the driver waits up to 20 s before it looks again for a database that was away.
    backoff: (retries: number) => Math.min(2 ** retries / 20, databaseRetrySecondsMax),
    onnotice: () => {},
  }
  const driver = postgres(config.DATABASE_URL, { ...connecting, max: config.DATABASE_POOL })
  const questions = postgres(config.DATABASE_URL, {
    ...{ ...connecting, max: config.DATABASE_QUESTIONS_POOL, connection: questionSettings },
  })
  const settlements = postgres(config.DATABASE_URL, {
    ...{ ...connecting, max: config.DATABASE_SETTLEMENTS_POOL, connection: questionSettings },
  })
  const duties = postgres(config.DATABASE_URL, {
    ...{ ...connecting, max: config.DATABASE_DUTIES_POOL, connection: questionSettings },
  })
  const clock = { nowMs: () => Date.now() }
  const random = { bytes: (length: number) => new Uint8Array(randomBytes(length)), uuid: () => Bun.randomUUIDv7() }
  const ctx: Context = {
    config,
    db: databaseOver(driver),
    questions: databaseOver(questions),
    settlements: databaseOver(settlements),
    duties: databaseOver(duties),
    sql: endWithConnection(driver),
    clock,
    random,
    log,
    keys: deriveKeys(masterKey(config), config.NETWORK_ID),
    verifySignature: nativeVerifier(),
    afterwards: new Afterwards(log),
  }
  start.waitsFor("the first operator's token")
  await admitFirstOperator(ctx)

  const deployment = parseDeployment(readFileSync(config.CHAIN_DEPLOYMENT_FILE, "utf8"))
  const submitterKey = readSecret(config.CHAIN_SUBMITTER_KEY_FILE)
  const chain = connectChain({ rpcUrls: config.CHAIN_RPC_URLS, deployment, submitterKey })
  const register = openRegister(config, deployment)
  const finalDepth = config.CHAIN_FINAL_DEPTH
  const registry = connectTerminalRegistry({ rpcUrls: config.CHAIN_RPC_URLS, deployment, finalDepth })
  const chainProofs = connectChainProofs({ rpcUrls: config.CHAIN_RPC_URLS, deployment, finalDepth })
  const organisations = connectParticipantRegistry({ rpcUrls: config.CHAIN_RPC_URLS, deployment, finalDepth })
  const tokens = brokerTokens(readSecret(config.MQTT_TOKEN_SECRET_FILE), clock)
  start.waitsFor("the broker")
  const channel = await connectBroker({
    url: config.MQTT_URL,
    gatewayId: holder,
    token: tokens.forGateway,
    nowMs: clock.nowMs,
    onTrouble: (message) => log.warn({ message }, "broker"),
  })
  const events = new BuyerEvents()
  start.waitsFor("a connection for what buyers are told")
  await events.start(driver)
  const payments: PaymentDeps = {
    providers: { "wechat-pay": wechatPayFromConfig(config, clock, random), alipay: alipayFromConfig(config, clock) },
    completeTrades,
    applyRefundedGoods,
  }
  const logins = { "wechat-pay": wechatLoginFromConfig(config), alipay: alipayLoginFromConfig(config, clock) }

  const notifiers = {
    "wechat-pay": wechatMessageFromConfig(config, clock),
    alipay: alipayMessageFromConfig(config, clock),
  }

  const miniCodes = {
    "wechat-pay": wechatMiniCodeFromConfig(config, clock),
    alipay: alipayMiniCodeFromConfig(config, clock),
  }

  const metrics = createMetrics(true)
  const app = createApp({
    ctx,
    metrics,
    probes: [
      databaseProbe(ctx),
      migrationsProbe(ctx),
      { name: "broker", check: async () => assertConnected(channel.connected()) },
      { name: "chain", check: async () => void (await chain.headAt(config.LEDGER_LOG, 0)) },
    ],
    routes: gatewayRoutes({ ctx, payments, logins, chain, chainProofs, tokens, events, miniCodes }),
    errorPage: refusalPage(ctx),
  })
  const server = Bun.serve({
    hostname: config.GATEWAY_HOST,
    port: config.GATEWAY_PORT,
    // A buyer's event stream is quiet between beats of 15 s.
    idleTimeout: 60,
    fetch: (request, own) => {
      const address = own.requestIP(request)?.address
      return app.fetch(request, address === undefined ? {} : { address })
    },
  })
  if (config.GATEWAY_HOST !== "127.0.0.1" && config.SUYUAN_ENV !== "production") {
    log.warn({ host: config.GATEWAY_HOST }, "a development gateway is reachable from outside this computer")
  }

  const ear = listenToTerminals(ctx, channel)
  const shards = new ShardLeases(ctx, channel, holder, (message) => ear.handle(message))
  const jobs: Job[] = [
    { name: "mqtt/lease-shards", everyMs: shardRenewalMs(config), run: () => shards.renew().then(() => 0) },
    { name: "outbox/relay", everyMs: 1000, run: () => relayOutbox(ctx, channel) },
    ...paymentJobs(payments),
    ...reconcileJobs(payments, holder),
    ...ledgerJobs(ctx, chain, holder),
    ...salesJobs,
    ...partitionJobs,
    ...traceJobs(holder),
    ...alarmJobs,
    ...inspectionJobs,
    ...bindingJobs,
    ...recallJobs(notifiers),
    ...terminalJobs(register, registry),
    ...participantJobs(organisations),
  ]
  const running = runJobs(ctx, jobs)
  start.waitsFor("a connection for what is queued")
  const wakeRelay = () => running.wake("outbox/relay")
  // Also each time that the connection is back: what was queued meanwhile told nobody.
  const { unlisten } = await driver.listen("outbox", wakeRelay, wakeRelay)
  start.isUp()
  log.info({ url: config.GATEWAY_PUBLIC_URL, port: server.port }, "gateway ready")

  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    await server.stop()
    await unlisten()
    await running.stop()
    await ctx.afterwards.stop()
    await shards.close()
    await ear.drain()
    await channel.close()
    await events.stop()
    chain.close()
    register?.close()
    registry.close()
    organisations.close()
    await Promise.all([driver, questions, settlements, duties].map((pool) => pool.end({ timeout: 5 })))
    process.exit(0)
  }
  process.once("SIGTERM", stop)
  process.once("SIGINT", stop)
}

function masterKey(config: Config): Uint8Array {
  const master = fromHex(readSecret(config.GATEWAY_MASTER_KEY_FILE))
  if (master?.length !== 32) throw new ConfigError("GATEWAY_MASTER_KEY_FILE: must hold 64 lower-case hex characters")
  return master
}

function openRegister(config: Config, deployment: ReturnType<typeof parseDeployment>) {
  const [rpcUrl] = config.CHAIN_RPC_URLS
  if (!config.CHAIN_SITE_KEY_FILE || !rpcUrl) return undefined
  return connectTerminalRegister({ rpcUrl, deployment, siteKey: readSecret(config.CHAIN_SITE_KEY_FILE) })
}

function assertConnected(connected: boolean): void {
  if (!connected) throw new Error("the broker is out of reach")
}

try {
  await main(loadConfig(process.env))
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error)
  process.exit(1)
}
