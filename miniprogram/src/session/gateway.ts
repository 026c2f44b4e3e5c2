import { gatewayClient } from "@suyuan/client/client"
import { transport } from "../platform/transport"
import { wallet } from "../platform/wallet"

/** With this person's session, where there is one. */
export const gateway = gatewayClient(transport, { token: wallet.token })
