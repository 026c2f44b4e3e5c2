// One address before several gateways, as a balancer gives it: each request goes to one that takes it, in turn.
import { LOOPBACK } from "../engines/ports"

export type Balancer = { readonly url: string; stop(): Promise<void> }

export function openBalancer(gatewayUrls: readonly string[]): Balancer {
  let turn = 0
  const server = Bun.serve({
    hostname: LOOPBACK,
    port: 0,
    idleTimeout: 120,
    async fetch(request) {
      const body = await request.arrayBuffer()
      turn += 1
      for (const offset of gatewayUrls.keys()) {
        const to = gatewayUrls[(turn + offset) % gatewayUrls.length] ?? ""
        try {
          return await forward(request, body, to)
        } catch (error) {
          // Nobody listens there: nothing has been done. Anything else is for the caller, who may repeat it.
          if ((error as { code?: string }).code !== "ConnectionRefused") break
        }
      }
      return new Response("no gateway took it", { status: 502 })
    },
  })
  return { url: `http://${LOOPBACK}:${server.port}`, stop: () => server.stop(true) }
}

function forward(request: Request, body: ArrayBuffer, to: string): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const { method, headers, signal } = request
  return fetch(`${to}${pathname}${search}`, {
    ...{ method, headers, signal, redirect: "manual", decompress: false },
    ...(body.byteLength === 0 ? {} : { body }),
  })
}
