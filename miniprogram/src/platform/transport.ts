import { type GatewayClient, gatewayClient } from "@suyuan/client/client"
import type { Transport } from "@suyuan/client/transport"
import Taro from "@tarojs/taro"

const TIMEOUT_MS = 15_000

/** Over the platform's own request: mini-programs have no `fetch`. The body stays text, as it came. */
const transportTo =
  (origin: string): Transport =>
  async ({ method, path, headers, body }) => {
    const answer = await Taro.request<string>({
      url: `${origin}${path}`,
      method,
      header: { ...headers },
      dataType: "text",
      responseType: "text",
      timeout: TIMEOUT_MS,
      ...(body === undefined ? {} : { data: body }),
    })
    const text = typeof answer.data === "string" ? answer.data : JSON.stringify(answer.data ?? "")
    return { status: answer.statusCode, headers: answer.header as Record<string, string>, body: text }
  }

export const transport = transportTo(GATEWAY_ORIGIN)

/** Another member's gateway, which must be among the program's request domains. Nothing of this person's goes there. */
export function witnessAt(origin: string): GatewayClient {
  return gatewayClient(transportTo(origin))
}
