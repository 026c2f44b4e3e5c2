import type { Sql } from "postgres"

/**
 * The same client, whose transactions end with their connection. The driver by itself goes on: what a transaction says
 * after its connection was lost, its ROLLBACK included, is put on that connection's next life, where it waits for an
 * answer that never comes, takes the next statement's, or runs within somebody else's transaction. Here nothing is said
 * any more: `begin` rejects, as it does in any case, and so does each later statement of what it called.
 * Source: postgres 3.4.9, `begin` in src/index.js and `closed` in src/connection.js; its issues 1186 and 1216.
 */
export function endWithConnection(client: Sql): Sql {
  return new Proxy(client, {
    get: (target, name) => (name === "begin" ? begin(target) : Reflect.get(target, name)),
  })
}

type Connection = { error: unknown; isLost: boolean }
type Work = (inner: Sql) => unknown
type Begin = (...args: unknown[]) => Promise<unknown>

function begin(client: Sql): Begin {
  return (...args) => {
    const connection: Connection = { error: undefined, isLost: false }
    const whole = (client.begin as Begin)(...args.slice(0, -1), within(connection, args.at(-1) as Work))
    // While its work goes on, it rejects for nothing else. Afterwards nobody looks.
    whole.catch((error: unknown) => lose(connection, error))
    return whole
  }
}

function lose(connection: Connection, error: unknown): void {
  if (connection.isLost) return
  connection.isLost = true
  connection.error = error
}

/** What the driver does when the work has settled it does on the connection: of a lost one it never hears. */
function within(connection: Connection, work: Work): Work {
  return async (inner) => {
    try {
      const result = await work(watched(inner, connection))
      return connection.isLost ? await never : result
    } catch (error) {
      if (connection.isLost) return await never
      throw error
    }
  }
}

const never = new Promise<never>(() => {})

function watched(inner: Sql, connection: Connection): Sql {
  const unsafe = (...args: Parameters<Sql["unsafe"]>) => {
    if (connection.isLost) throw connection.error
    const query = inner.unsafe(...args)
    query.catch((error: unknown) => isOfConnection(error) && lose(connection, error))
    return query
  }
  const savepoint = (...args: unknown[]) => {
    if (connection.isLost) return Promise.reject(connection.error)
    const method = Reflect.get(inner, "savepoint") as Begin
    return method(...args.slice(0, -1), within(connection, args.at(-1) as Work))
  }
  return new Proxy(inner, {
    get: (target, name) => (name === "unsafe" ? unsafe : name === "savepoint" ? savepoint : Reflect.get(target, name)),
  })
}

/** Of the socket or of the driver's own making: both carry a number; what the server says of a statement does not. */
function isOfConnection(error: unknown): boolean {
  return error instanceof Error && "errno" in error
}
