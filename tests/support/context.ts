// A gateway's context on a database of its own, with a clock that only the test moves.

import { databaseOver } from "@suyuan/api/adapters/database"
import { nativeVerifier } from "@suyuan/api/adapters/native-signatures"
import { Afterwards } from "@suyuan/api/afterwards"
import { type Config, loadConfig } from "@suyuan/api/config"
import type { Context } from "@suyuan/api/context"
import { deriveKeys } from "@suyuan/api/keys"
import { questionSettings } from "@suyuan/api/questions"
import { pino } from "pino"
import postgres from "postgres"
import { freshDatabase } from "./engines"

/** Everything that has no default; files are named, never read here. */
const settings = {
  GATEWAY_MASTER_KEY_FILE: "unread",
  MQTT_URL: "mqtt://127.0.0.1:1",
  MQTT_TOKEN_SECRET_FILE: "unread",
  CHAIN_RPC_URLS: "http://127.0.0.1:1",
  CHAIN_DEPLOYMENT_FILE: "unread",
  CHAIN_SUBMITTER_KEY_FILE: "unread",
  WECHAT_PAY_MCHID: "1900000100",
  WECHAT_PAY_APPID: "wx8888888888888888",
  WECHAT_PAY_SERIAL: "5157F09EFDC096DE15EBE81A47057A72",
  WECHAT_PAY_PRIVATE_KEY_FILE: "unread",
  WECHAT_PAY_API_V3_KEY_FILE: "unread",
  WECHAT_PAY_PLATFORM_KEY_ID: "PUB_KEY_ID_0119000001002024",
  WECHAT_PAY_PLATFORM_KEY_FILE: "unread",
  WECHAT_APP_SECRET_FILE: "unread",
  WECHAT_MINI_APPID: "wx9999999999999999",
  WECHAT_MINI_SECRET_FILE: "unread",
  ALIPAY_APP_ID: "2021000000000000",
  ALIPAY_PRIVATE_KEY_FILE: "unread",
  ALIPAY_PUBLIC_KEY_FILE: "unread",
}

/** Settings of a development gateway that nobody connects to anything; `more` overrides them. */
export function testConfig(more: Record<string, string> = {}): Config {
  return loadConfig({ DATABASE_URL: "postgres://127.0.0.1:1/unused", ...settings, ...more })
}

export type TestClock = { readonly nowMs: () => number; readonly advance: (ms: number) => void }

/** Starts at the real time, because partitions of days do. */
export function testClock(startMs: number = Date.now()): TestClock {
  let nowMs = startMs
  return {
    nowMs: () => nowMs,
    advance: (ms) => {
      nowMs += ms
    },
  }
}

export type TestGateway = { readonly ctx: Context; readonly clock: TestClock; readonly close: () => Promise<void> }

/** Close it in `afterAll`: the database goes with it. */
export async function testGateway(more: Record<string, string> = {}): Promise<TestGateway> {
  const database = await freshDatabase()
  const config = testConfig({ DATABASE_URL: database.url, ...more })
  const sql = postgres(database.url, { max: 6, onnotice: () => {} })
  const questions = postgres(database.url, { max: 2, connection: questionSettings, onnotice: () => {} })
  const settlements = postgres(database.url, { max: 6, connection: questionSettings, onnotice: () => {} })
  const duties = postgres(database.url, { max: 2, connection: questionSettings, onnotice: () => {} })
  // A gateway remembers snapshots by their terminals, and a process that tests several has one memory: so no two of them
  // have the same terminals.
  await sql`SELECT setval('terminal_serials', ${crypto.getRandomValues(new Uint32Array(1))[0] ?? 0} % 2000000000::bigint + 1)`
  const clock = testClock()
  const log = pino({ level: "silent" })
  const ctx: Context = {
    config,
    db: databaseOver(sql),
    questions: databaseOver(questions),
    settlements: databaseOver(settlements),
    duties: databaseOver(duties),
    sql,
    clock,
    random: {
      bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
      uuid: () => Bun.randomUUIDv7(),
    },
    log,
    afterwards: new Afterwards(log),
    keys: deriveKeys(new Uint8Array(32).fill(7), config.NETWORK_ID),
    verifySignature: nativeVerifier(),
  }
  return {
    ctx,
    clock,
    close: async () => {
      await ctx.afterwards.stop()
      await Promise.all([sql.end(), questions.end(), settlements.end(), duties.end()])
      await database.drop()
    },
  }
}
