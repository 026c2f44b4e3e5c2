/** Port to the broker: one session of one terminal. `connect-broker` speaks MQTT 3.1.1; a test hands over what it likes. */

export type UpTopic = "record" | "hello"

export interface BrokerLink {
  /**
   * QoS 1, to this terminal's own `up/<topic>`. Resolves when the *broker* has it, which says nothing about the
   * gateway; rejects when the session ended first.
   */
  publish(topic: UpTopic, payload: Uint8Array): Promise<void>
  /** Retained, to this terminal's own `show/<display id>`; an empty text takes it away (DS-4). */
  show(displayId: string, text: string): Promise<void>
  /** Resolves when the session is over, whoever ended it. */
  readonly closed: Promise<void>
  close(): Promise<void>
}

export interface LinkEvents {
  /**
   * Text that arrived on this terminal's own `down/<topic>`. The broker has its acknowledgement when the promise
   * resolves, so what a tablet that fails in between did not keep comes again. Must not wait for a publish.
   */
  readonly onMessage: (topic: string, text: string) => Promise<void>
}

export interface BrokerAddress {
  readonly url: string
  /** JWT of an hour. */
  readonly token: string
  readonly terminal: number
}

/** Rejects when the broker does not let the terminal in. */
export type ConnectBroker = (address: BrokerAddress, events: LinkEvents) => Promise<BrokerLink>
