// Rows by COPY into a table that the same transaction made: they are not written to the log as well, and attaching the
// partition builds its indexes by sorting. Several times as quick as rows with logs and indexes.
import type postgres from "postgres"

const flushCharacters = 1 << 20

export class CopiedTable {
  rows = 0
  private text = ""
  private drained: Promise<void> | undefined

  private readonly connection: postgres.ReservedSql
  private readonly stream: NodeJS.WritableStream

  private constructor(connection: postgres.ReservedSql, stream: NodeJS.WritableStream) {
    this.connection = connection
    this.stream = stream
  }

  /** Into `table`; made like `parent` first, without indexes, where that is given. */
  static async open(sql: postgres.Sql, table: string, columns: string, parent?: string): Promise<CopiedTable> {
    const connection = await sql.reserve()
    await connection.unsafe("BEGIN")
    if (parent) {
      await connection.unsafe(`DROP TABLE IF EXISTS ${table}`)
      await connection.unsafe(`CREATE TABLE ${table} (LIKE ${parent} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`)
    }
    return new CopiedTable(
      connection,
      await connection.unsafe(`COPY ${table} (${columns}) FROM STDIN${parent ? " WITH (FREEZE)" : ""}`).writable(),
    )
  }

  /** One line of COPY's text format: fields with tabs between, `\N` for null. */
  add(line: string): void {
    this.text += line
    this.text += "\n"
    this.rows += 1
    if (this.text.length >= flushCharacters) this.flush()
  }

  /** Waits until the database keeps up. */
  async keepPace(): Promise<void> {
    await this.drained
  }

  async end(): Promise<void> {
    this.flush()
    await this.drained
    await new Promise<void>((done, fail) => {
      this.stream.once("error", fail)
      this.stream.once("finish", done)
      this.stream.end()
    })
    await this.connection.unsafe("COMMIT")
    this.connection.release()
  }

  private flush(): void {
    if (this.text === "") return
    const text = this.text
    this.text = ""
    if (this.stream.write(text)) return
    this.drained ??= new Promise<void>((done) => {
      this.stream.once("drain", () => {
        this.drained = undefined
        done()
      })
    })
  }
}

export const partitionOf = (parent: string, day: string) => `${parent}_${day.replaceAll("-", "")}`

export async function attachPartition(sql: postgres.Sql, parent: string, day: string): Promise<void> {
  const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)
  const name = partitionOf(parent, day)
  await sql.unsafe(`ALTER TABLE ${parent} ATTACH PARTITION ${name} FOR VALUES FROM ('${day}') TO ('${next}')`)
  await sql.unsafe(`ANALYZE ${name}`)
}
