import { type GatewayClient, gatewayClient } from "@suyuan/client/client"
import { useMemo } from "react"
import { transport } from "../platform/transport"
import { wallet } from "../platform/wallet"
import { useWords } from "./language"

/** As `gateway`, with refusals in the language of the screen. */
export function useGateway(): GatewayClient {
  const { language } = useWords()
  return useMemo(() => gatewayClient(transport, { token: wallet.token, language }), [language])
}
