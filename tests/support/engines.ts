// The engines that tests run against: those that the environment names (one set for a whole `npm test`), or else
// throwaway ones that start at first use and end with this process.
import { createHash, randomBytes } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { migrate } from "@suyuan/drizzle/migrate"
import postgres from "postgres"
import { readKey } from "../../scripts/engines/keys"
import { openThrowawayEngines, type ThrowawayEngines } from "../../scripts/engines/throwaway"

const TEMPLATE_LOCK = 7_305_232
const migrationsFolder = join(import.meta.dir, "../../drizzle/migrations")

export type TestBroker = {
  /** mqtt://… */
  readonly url: string
  /** ws://… */
  readonly webSocketUrl: string
  readonly tokenSecretFile: string
  /** HS256 secret of client tokens; see scripts/engines/broker-token.ts. */
  readonly tokenSecret: string
}

export type TestEngines = { readonly databaseUrl: string; readonly broker: TestBroker; readonly chainRpcUrl: string }

export type FreshDatabase = { readonly url: string; drop(): Promise<void> }

let throwaway: ThrowawayEngines | undefined
const started = new Map<string, Promise<void>>()

/** Runs `start` once, unless the environment already names what it gives. */
async function ensure(variable: string, start: (engines: ThrowawayEngines) => Promise<Record<string, string>>) {
  // Names go through the environment, so that test files that are isolated from each other share what one started.
  if (process.env[variable] === undefined && !started.has(variable)) {
    throwaway ??= openThrowawayEngines()
    started.set(
      variable,
      start(throwaway).then((names) => void Object.assign(process.env, names)),
    )
  }
  await started.get(variable)
}

function named(variable: string): string {
  const value = process.env[variable]
  if (value === undefined) throw new Error(`${variable} is not set, although variables that go with it are.`)
  return value
}

/** A PostgreSQL server: the URL of a user that may create databases. */
async function testDatabaseServer(): Promise<string> {
  await ensure("TEST_DATABASE_URL", async (engines) => ({ TEST_DATABASE_URL: (await engines.startPostgres()).url }))
  return named("TEST_DATABASE_URL")
}

export async function testBroker(): Promise<TestBroker> {
  await ensure("TEST_MQTT_URL", async (engines) => {
    const broker = await engines.startBroker()
    return {
      TEST_MQTT_URL: broker.url,
      TEST_MQTT_WS_URL: broker.webSocketUrl,
      TEST_MQTT_TOKEN_SECRET_FILE: engines.tokenSecretFile,
    }
  })
  const tokenSecretFile = named("TEST_MQTT_TOKEN_SECRET_FILE")
  return {
    url: named("TEST_MQTT_URL"),
    webSocketUrl: named("TEST_MQTT_WS_URL"),
    tokenSecretFile,
    tokenSecret: readKey(tokenSecretFile),
  }
}

/** JSON-RPC URL of a development chain that gives every transaction its block at once and charges nothing. */
export async function testChain(): Promise<string> {
  await ensure("TEST_CHAIN_RPC_URL", async (engines) => ({ TEST_CHAIN_RPC_URL: (await engines.startChain()).url }))
  return named("TEST_CHAIN_RPC_URL")
}

export async function testEngines(): Promise<TestEngines> {
  const [databaseUrl, broker, chainRpcUrl] = await Promise.all([testDatabaseServer(), testBroker(), testChain()])
  return { databaseUrl, broker, chainRpcUrl }
}

/** A new, migrated database of its own for a test file. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const server = await testDatabaseServer()
  const name = `test_${randomBytes(8).toString("hex")}`
  const sql = postgres(server, { max: 1, onnotice: () => {} })
  try {
    const template = await ensureTemplate(sql, server)
    await sql.unsafe(`create database ${name} template ${template} strategy file_copy`)
  } finally {
    await sql.end()
  }
  return { url: urlOf(server, name), drop: () => dropDatabase(server, name) }
}

async function dropDatabase(server: string, name: string): Promise<void> {
  const sql = postgres(server, { max: 1, onnotice: () => {} })
  try {
    await sql.unsafe(`drop database if exists ${name} with (force)`)
  } finally {
    await sql.end()
  }
}

/** Migrated once per set of migrations and day (partitions follow the day); renamed only when it is whole. */
async function ensureTemplate(sql: postgres.Sql, server: string): Promise<string> {
  const hash = createHash("sha256").update(new Date().toISOString().slice(0, 10))
  for (const file of readdirSync(migrationsFolder, { recursive: true, encoding: "utf8" }).sort()) {
    if (/\.(sql|json)$/.test(file)) hash.update(file).update(readFileSync(join(migrationsFolder, file)))
  }
  const name = `template_${hash.digest("hex").slice(0, 16)}`
  await sql`select pg_advisory_lock(${TEMPLATE_LOCK})`
  try {
    const found = await sql`select 1 from pg_database where datname = ${name}`
    if (found.length > 0) return name
    const unfinished = `${name}_unfinished`
    await sql.unsafe(`drop database if exists ${unfinished} with (force)`)
    await sql.unsafe(`create database ${unfinished}`)
    await migrate(urlOf(server, unfinished))
    await sql.unsafe(`alter database ${unfinished} rename to ${name}`)
    return name
  } finally {
    await sql`select pg_advisory_unlock(${TEMPLATE_LOCK})`
  }
}

function urlOf(server: string, database: string): string {
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}
