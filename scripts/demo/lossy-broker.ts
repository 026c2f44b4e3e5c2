// A bad line: now and then a message on its way up, or the gateway's acknowledgement on its way down, is gone.
import type { BrokerLink, ConnectBroker } from "@suyuan/terminal-kiosk/link/broker-link"
import type { Dice } from "./dice"

export type Losses = { uploads: number; acknowledgements: number }

export function lossyBroker(connect: ConnectBroker, dice: Dice, lossShare: number, losses: Losses): ConnectBroker {
  return async (address, events) => {
    const link = await connect(address, {
      onMessage: async (topic, text) => {
        if (topic === "ack" && dice.isLucky(lossShare)) {
          losses.acknowledgements += 1
          return
        }
        await events.onMessage(topic, text)
      },
    })
    const lossy: BrokerLink = {
      closed: link.closed,
      close: link.close,
      show: link.show,
      publish: async (topic, payload) => {
        if (topic === "record" && dice.isLucky(lossShare)) {
          losses.uploads += 1
          return
        }
        await link.publish(topic, payload)
      },
    }
    return lossy
  }
}
