import type { Transport } from "./transport"

/**
 * Transport over the platform's own fetch.
 * @param origin scheme, host and port, without a slash at the end
 */
export function fetchTransport(origin: string, timeoutMs = 15_000): Transport {
  return async ({ method, path, headers, body }) => {
    // `AbortSignal.timeout` is younger than the phones that a buyer may hold.
    const patience = new AbortController()
    const timer = setTimeout(() => patience.abort(), timeoutMs)
    try {
      const response = await fetch(`${origin}${path}`, {
        method,
        headers: { ...headers },
        redirect: "manual",
        signal: patience.signal,
        ...(body === undefined ? {} : { body }),
      })
      return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
    } finally {
      clearTimeout(timer)
    }
  }
}
