import { type GatewayClient, gatewayClient } from "@suyuan/client/client"
import { fetchTransport } from "@suyuan/client/fetch-transport"

/** The pages stand where the gateway stands, and its cookie goes with them. */
export const transport = fetchTransport("")

/** The pages' policy lets them ask their own gateway alone: such a question has no answer, and the root stays our word. */
export function witnessAt(origin: string): GatewayClient {
  return gatewayClient(fetchTransport(origin))
}
