/** Calls of the sandbox; `undefined` when it does not answer. */
export async function ask<T>(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<T | undefined> {
  try {
    const init =
      body === undefined
        ? { method }
        : { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }
    const response = await fetch(path, init)
    return (await response.json()) as T
  } catch {
    return undefined
  }
}
