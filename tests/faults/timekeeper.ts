// When duties and claimed work change hands, by the database's own clock: triggers beside the tables write it down.
// They stay as long as the database: taking them off while others trade would lock what these hold.
import type { Sql } from "postgres"
import { persistently } from "../../scripts/soak/trade"

type Queue = "outbox" | "attempts" | "refunds"
export type Takeover = {
  readonly name: string
  readonly was: string
  readonly fence: number
  /** After the end of the lease that was. */
  readonly lateMs: number
  /** How often somebody else renewed shards of theirs after that end and did not take it. */
  readonly passedBy: number
}

const dueColumns: Readonly<Record<Queue, string>> = {
  outbox: "next_try_at",
  attempts: "next_query_at",
  refunds: "next_try_at",
}
const queues = Object.keys(dueColumns) as Queue[]

export async function openTimekeeper(sql: Sql) {
  await sql.unsafe(`
    CREATE TABLE kept_takeovers (name text, was text, fence bigint, ended timestamptz, at timestamptz);
    CREATE TABLE kept_renewals (name text, holder text, at timestamptz);
    CREATE TABLE kept_turns (of text, due timestamptz, at timestamptz);
    CREATE FUNCTION keep_takeover() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF OLD.holder = NEW.holder THEN INSERT INTO kept_renewals VALUES (NEW.name, NEW.holder, now());
      ELSE INSERT INTO kept_takeovers VALUES (NEW.name, OLD.holder, NEW.fence, OLD.until, now()); END IF;
      RETURN NULL; END $$;
    CREATE FUNCTION keep_turn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO kept_turns VALUES (TG_ARGV[0], (to_jsonb(OLD) ->> TG_ARGV[1])::timestamptz, now()); RETURN NULL; END $$;`)
  // One table at a time, and again if a gateway at its work held it the other way round.
  const keep = (table: string, trigger: string) =>
    persistently(`a trigger on ${table}`, () => sql.unsafe(`CREATE OR REPLACE TRIGGER kept AFTER ${trigger}`))
  await keep("leases", "UPDATE ON leases FOR EACH ROW EXECUTE FUNCTION keep_takeover()")
  for (const of of queues) {
    await keep(
      of,
      `UPDATE OF ${dueColumns[of]} OR DELETE ON ${of} FOR EACH ROW EXECUTE FUNCTION keep_turn('${of}', '${dueColumns[of]}')`,
    )
  }
  return {
    /** Now, and how long what is queued waits at most from now on. */
    async readWaits(): Promise<{ at: string; waits: { of: Queue; inMs: number }[] }> {
      const [now] = await sql`SELECT now()::text AS at`
      // The clock is read after the rows: what is claimed in the meantime counts from its own moment.
      const rows = await sql.unsafe(
        queues
          .map(
            (of) =>
              `SELECT '${of}' AS of, extract(epoch FROM max(${dueColumns[of]}) - clock_timestamp())::float8 * 1000 AS ms FROM ${of}`,
          )
          .join(" UNION ALL "),
      )
      return { at: String(now?.at), waits: rows.map(({ of, ms }) => ({ of, inMs: ms ?? 0 })) }
    },
    async readTakeovers(): Promise<Takeover[]> {
      const rows = await sql`
        SELECT name, was, fence::int AS fence, extract(epoch FROM at - ended)::float8 * 1000 AS late,
          (SELECT count(DISTINCT own.at) FROM kept_renewals AS own
            WHERE own.name LIKE 'ingest-%' AND own.holder <> was AND own.at > ended AND own.at < taken.at)::int AS passed
        FROM kept_takeovers AS taken ORDER BY name`
      return rows.map(({ name, was, fence, late, passed }) => ({ name, was, fence, lateMs: late, passedBy: passed }))
    },
    /** By how much at most something was taken up after it was due. */
    async readLateness(since: string): Promise<{ of: Queue; lateMs: number }[]> {
      const rows = await sql`
        SELECT of, max(extract(epoch FROM at - due))::float8 * 1000 AS late FROM kept_turns
        WHERE due IS NOT NULL AND at > ${since}::timestamptz GROUP BY of`
      return rows.map(({ of, late }) => ({ of, lateMs: late }))
    },
  }
}
