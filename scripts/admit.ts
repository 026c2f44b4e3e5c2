// `npm run admit -- --actor NAME […]`: prints an access token for one person, from where the gateway runs. The first person
// of an installation is admitted so, and everybody who decides as a second person. docs/operations/keys.md.
import { randomBytes } from "node:crypto"
import { resolve } from "node:path"
import { admitPerson } from "@suyuan/api/access/issue-token"
import { type Scope, scopes } from "@suyuan/api/actor"
import { Command, InvalidArgumentError, Option } from "commander"
import { drizzle } from "drizzle-orm/postgres-js"
import postgres from "postgres"
import { runningPostgresUrl } from "./engines/postgres"

const CONNECT_SECONDS_MAX = 10
const DAYS_MAX = 366
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const NAME = /^[a-z0-9][a-z0-9.-]{1,63}$/

function actorName(text: string): string {
  if (NAME.test(text)) return text
  throw new InvalidArgumentError("Give lower-case letters, digits, dots and hyphens, as audits are to name them.")
}

function days(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= DAYS_MAX) return value
  throw new InvalidArgumentError(`Give a whole number from 1 to ${DAYS_MAX}.`)
}

/** Commander hands over one value after the other. */
function siteIds(text: string, before: readonly string[] = []): string[] {
  if (UUID.test(text)) return [...before, text]
  throw new InvalidArgumentError("Give ids of sites, as GET /sites lists them.")
}

const given = new Command("npm run admit --")
  .description("Prints an access token for one person. Only its hash is kept: it cannot be shown again.")
  .requiredOption("--actor <name>", "the person, as audits name them", actorName)
  .addOption(new Option("--kind <kind>", "what they are").choices(["operator", "inspector"]).default("operator"))
  .addOption(new Option("--scopes <scope...>", "what they may do; all of it unless said").choices(scopes))
  .option("--sites <id...>", "where they may do it; everywhere unless said", siteIds)
  .option("--label <text>", "what the token is for", "admitted where the gateway runs")
  .option("--days <number>", "how long it is good", days, DAYS_MAX)
  .addHelpText("after", "\nThe database: DATABASE_URL, else the one that runs in SUYUAN_DATA_DIR (.suyuan).")
  .parse()
  .opts<{
    actor: string
    kind: "operator" | "inspector"
    scopes?: Scope[]
    sites?: string[]
    label: string
    days: number
  }>()

const databaseUrl = process.env.DATABASE_URL || runningPostgresUrl(resolve(process.env.SUYUAN_DATA_DIR || ".suyuan"))
if (databaseUrl === undefined) {
  console.error("No installation is here. Run `npm start` first, or set SUYUAN_DATA_DIR or DATABASE_URL.")
  process.exit(1)
}
const sql = postgres(databaseUrl, { max: 1, connect_timeout: CONNECT_SECONDS_MAX, onnotice: () => {} })
try {
  const { token, expiresAt } = await admitPerson(
    {
      db: drizzle(sql),
      clock: { nowMs: () => Date.now() },
      random: { bytes: (length) => new Uint8Array(randomBytes(length)), uuid: () => Bun.randomUUIDv7() },
    },
    {
      ...{ label: given.label, kind: given.kind, actorId: given.actor, days: given.days },
      siteIds: given.sites ?? [],
      scopes: given.scopes ?? scopes,
    },
  )
  console.log(token)
  console.error(`Good until ${expiresAt.toISOString()}. Only its hash is kept: hand it over now.`)
} catch (error) {
  console.error(`The database did not take it (${reasonOf(error)}). Does the installation run?`)
  process.exitCode = 1
} finally {
  await sql.end()
}

/** The driver's cause, never the statement: that one would name the token's hash. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}
