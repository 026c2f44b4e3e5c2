import type { ConnectBroker } from "../../src/link/broker-link"

/** With the broker's language: not on the way of the first screen. */
export const connectOverWeb: ConnectBroker = async (address, events) =>
  (await import("../../src/link/connect-broker")).connectBroker(address, events)
