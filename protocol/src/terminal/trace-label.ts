/**
 * The address that a terminal prints on a bag: the sale's trace as a share. Made without a network and before anybody
 * has paid, from the receipt key that terminal and gateway alone know; so nothing is stored for it, and nobody walks
 * from one sale to the next. Domain tag: `SYV1`.
 */
import { asciiBytes, concatBytes, copyBytes, toHex, uintToBytes } from "../codec/bytes"
import { type NetworkId, networkBytes } from "../network"
import { type TerminalId, terminalBytes, terminalToHex } from "./identifiers"

/** 64 bits, asked of the gateway one at a time. */
export const TRACE_LABEL_BYTES = 8

/** What the receipt key authenticates: `SYV1` ‖ network ‖ terminal ‖ counter u32. */
export function traceLabelMessage(networkId: NetworkId, terminal: TerminalId, counter: number): Uint8Array {
  return concatBytes(asciiBytes("SYV1"), networkBytes(networkId), terminalBytes(terminal), uintToBytes(counter, 4))
}

/** The first 8 bytes of that HMAC-SHA-256. */
export function traceLabelOfMac(mac: Uint8Array): Uint8Array {
  return copyBytes(mac, 0, TRACE_LABEL_BYTES)
}

export function traceLabelUrl(gatewayUrl: string, terminal: TerminalId, counter: number, mac: Uint8Array): string {
  return new URL(`/l/${terminalToHex(terminal)}/${counter}/${toHex(traceLabelOfMac(mac))}`, gatewayUrl).href
}
