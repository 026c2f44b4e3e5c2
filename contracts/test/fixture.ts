// A small consortium for the tests: a gateway that keeps log 7, three sites, a regulator, and strangers.

import { network } from "hardhat"
import type { ParticipantRegistry, TerminalRegistry, TraceLedger } from "../types/ethers-contracts/index"

export const { ethers, networkHelpers } = await network.create()

export const roles = { base: 1, wholesale: 2, market: 4, gateway: 8, regulator: 16 } as const
export const sealingKey = `0x${"5e".repeat(32)}`
export const gatewayNumber = 7
export const baseNumber = 11
export const wholesaleNumber = 12
export const marketNumber = 13
export const regulatorNumber = 20

// The generated declarations reach `deployContract` only where packages are hoisted, hence the casts.

export async function openRegistry() {
  const [consortium, gateway, base, wholesale, market, regulator, submitter, stranger, other] =
    await ethers.getSigners()
  if (!consortium || !gateway || !base || !wholesale || !market || !regulator || !submitter || !stranger || !other) {
    throw new Error("the simulated network has too few accounts")
  }
  const participants = (await ethers.deployContract("ParticipantRegistry", [
    consortium.address,
  ])) as unknown as ParticipantRegistry
  return { participants, consortium, gateway, base, wholesale, market, regulator, submitter, stranger, other }
}

export async function openMarket() {
  const registry = await openRegistry()
  const { participants, gateway, base, wholesale, market, regulator, submitter } = registry
  await participants.register(gatewayNumber, "网关", roles.gateway, gateway, sealingKey, [submitter])
  await participants.register(baseNumber, "基地", roles.base, base, sealingKey, [])
  await participants.register(wholesaleNumber, "批发市场", roles.wholesale, wholesale, sealingKey, [])
  await participants.register(marketNumber, "菜市场", roles.market, market, sealingKey, [])
  await participants.register(regulatorNumber, "监管", roles.regulator, regulator, sealingKey, [])
  const terminals = (await ethers.deployContract("TerminalRegistry", [participants])) as unknown as TerminalRegistry
  const ledger = (await ethers.deployContract("TraceLedger", [participants])) as unknown as TraceLedger
  return { ...registry, terminals, ledger }
}
