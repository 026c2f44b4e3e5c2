import { fetchTransport } from "@suyuan/client/fetch-transport"

/** The pages stand where the gateway stands, and its cookie goes with them. */
export const transport = fetchTransport("")
