import type { Transport } from "./transport"

/**
 * Transport over the platform's own fetch.
 * @param origin scheme, host and port, without a slash at the end
 */
export function fetchTransport(origin: string, timeoutMs = 15_000): Transport {
  return async ({ method, path, headers, body }) => {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: { ...headers },
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body }),
    })
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
  }
}
