import { checkPublicKey } from "@suyuan/protocol/terminal/public-key"
import { expect } from "chai"
import { getBytes, hexlify, randomBytes } from "ethers"
import {
  baseNumber,
  ethers,
  gatewayNumber,
  marketNumber,
  networkHelpers,
  openMarket,
  regulatorNumber,
  roles,
  wholesaleNumber,
} from "./fixture"

const ed25519 = 1
const p256 = 2
const active = 1n
const suspended = 2n
const revoked = 3n
const terminal = 0x01_0000_002a
const greatestTerminal = 0xff_ffff_ffff
// RFC 8032 §7.1, test 1; the base point of P-256.
const edKey = "0xd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
const p256Key = "0x036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"

/** Encodings of small order and encodings that are not canonical, without the sign bit. */
const weakEd25519Keys = [
  `0x${"00".repeat(32)}`,
  `0x01${"00".repeat(31)}`,
  "0x26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "0xc7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  ...["ec", "ed", "ee", "f0", "ff"].map((first) => `0x${first}${"ff".repeat(30)}7f`),
]

const open = () => networkHelpers.loadFixture(openMarket)
const openEnrolled = () =>
  networkHelpers.loadFixture(async function openWithTerminal() {
    const opened = await openMarket()
    await opened.terminals.connect(opened.market).enrol(terminal, marketNumber, ed25519, edKey)
    return opened
  })

const withSign = (key: string) => {
  const bytes = getBytes(key)
  bytes[31] = (bytes[31] ?? 0) | 0x80
  return hexlify(bytes)
}

describe("TerminalRegistry", () => {
  describe("enrol", () => {
    it("enters a key of either algorithm for a base, a wholesale market and a wet market", async () => {
      const { terminals, base, wholesale, market } = await open()
      for (const [actor, organisation, id, algorithm, key] of [
        [base, baseNumber, 0, ed25519, edKey],
        [wholesale, wholesaleNumber, terminal, p256, p256Key],
        [market, marketNumber, greatestTerminal, p256, p256Key.replace("0x03", "0x02")],
      ] as const) {
        await expect(terminals.connect(actor).enrol(id, organisation, algorithm, key))
          .to.emit(terminals, "TerminalEnrolled")
          .withArgs(id, organisation, algorithm, key)
        const now = BigInt(await networkHelpers.time.latest())
        expect(await terminals.terminalOf(id)).to.deep.equal([
          active,
          BigInt(algorithm),
          BigInt(organisation),
          now,
          now,
          key,
        ])
        expect(await terminals.stateOf(id)).to.equal(active)
      }
    })

    it("refuses the gateway, the consortium, another site and a submitter", async () => {
      const { terminals, gateway, consortium, base, submitter } = await open()
      for (const actor of [gateway, consortium, base, submitter]) {
        await expect(terminals.connect(actor).enrol(terminal, marketNumber, ed25519, edKey))
          .to.be.revertedWithCustomError(terminals, "TerminalRegistryNotOrganisation")
          .withArgs(marketNumber, actor.address)
      }
    })

    it("refuses an organisation that runs no site", async () => {
      const { terminals, gateway, regulator } = await open()
      for (const [actor, organisation, bits] of [
        [gateway, gatewayNumber, roles.gateway],
        [regulator, regulatorNumber, roles.regulator],
      ] as const) {
        await expect(terminals.connect(actor).enrol(terminal, organisation, ed25519, edKey))
          .to.be.revertedWithCustomError(terminals, "TerminalRegistryOrganisationWithoutSites")
          .withArgs(organisation, bits)
      }
    })

    it("refuses a suspended and an unknown organisation", async () => {
      const { participants, terminals, market } = await open()
      await participants.suspend(marketNumber)
      await expect(terminals.connect(market).enrol(terminal, marketNumber, ed25519, edKey))
        .to.be.revertedWithCustomError(terminals, "TerminalRegistryOrganisationNotActive")
        .withArgs(marketNumber)
      await expect(terminals.connect(market).enrol(terminal, 99, ed25519, edKey))
        .to.be.revertedWithCustomError(terminals, "TerminalRegistryNotOrganisation")
        .withArgs(99, market.address)
    })

    it("[PC-20] never enters an id twice: not with another key, not for another site, not after it was revoked", async () => {
      const { terminals, market, base } = await openEnrolled()
      await terminals.connect(market).revoke(terminal)
      for (const [actor, organisation, key] of [
        [market, marketNumber, edKey],
        [market, marketNumber, `0x${"42".repeat(32)}`],
        [base, baseNumber, edKey],
      ] as const) {
        await expect(terminals.connect(actor).enrol(terminal, organisation, ed25519, key))
          .to.be.revertedWithCustomError(terminals, "TerminalRegistryAlreadyEnrolled")
          .withArgs(terminal, marketNumber)
      }
    })

    it("refuses an algorithm that does not exist", async () => {
      const { terminals, market } = await open()
      for (const algorithm of [0, 3, 255]) {
        await expect(terminals.connect(market).enrol(terminal, marketNumber, algorithm, edKey))
          .to.be.revertedWithCustomError(terminals, "TerminalRegistryInvalidAlgorithm")
          .withArgs(algorithm)
      }
    })

    it("[PC-18] refuses keys of a wrong length or form", async () => {
      const { terminals, market } = await open()
      const prime = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"
      for (const [algorithm, key] of [
        [ed25519, "0x"],
        [ed25519, edKey.slice(0, -2)],
        [ed25519, p256Key],
        [p256, "0x"],
        [p256, edKey],
        [p256, `${p256Key}00`],
        [p256, p256Key.replace("0x03", "0x04")],
        [p256, p256Key.replace("0x03", "0x00")],
        [p256, `0x02${prime}`],
        [p256, `0x02${"ff".repeat(32)}`],
      ] as const) {
        await expect(terminals.connect(market).enrol(terminal, marketNumber, algorithm, key))
          .to.be.revertedWithCustomError(terminals, "TerminalRegistryInvalidKey")
          .withArgs(algorithm, key)
      }
    })

    it("[PC-18] refuses Ed25519 keys of small order and keys that are not canonical", async () => {
      const { terminals, market } = await open()
      for (const key of weakEd25519Keys.flatMap((weak) => [weak, withSign(weak)])) {
        expect(checkPublicKey("ed25519", getBytes(key)).ok).to.equal(false)
        await expect(terminals.connect(market).enrol(terminal, marketNumber, ed25519, key))
          .to.be.revertedWithCustomError(terminals, "TerminalRegistryInvalidKey")
          .withArgs(ed25519, key)
      }
    })

    it("[PC-18] takes every key that the protocol takes", async () => {
      const { terminals, market } = await open()
      let serial = 1
      for (let i = 0; i < 60; i++) {
        const ed = randomBytes(32)
        const p = new Uint8Array([2 + (i % 2), ...randomBytes(32)])
        if (checkPublicKey("ed25519", ed).ok) {
          await terminals.connect(market).enrol(serial++, marketNumber, ed25519, ed)
        }
        if (checkPublicKey("p256", p).ok) await terminals.connect(market).enrol(serial++, marketNumber, p256, p)
      }
      expect(serial).to.be.greaterThan(20)
    })
  })

  describe("suspend, resume and revoke", () => {
    it("[PC-24] follows active → suspended → active → revoked and says so in events", async () => {
      const { terminals, market } = await openEnrolled()
      const asMarket = terminals.connect(market)
      for (const [verb, event, state] of [
        ["suspend", "TerminalSuspended", suspended],
        ["resume", "TerminalResumed", active],
        ["suspend", "TerminalSuspended", suspended],
        ["revoke", "TerminalRevoked", revoked],
      ] as const) {
        await expect(asMarket[verb](terminal)).to.emit(terminals, event).withArgs(terminal)
        const stored = await terminals.terminalOf(terminal)
        expect(stored.state).to.equal(state)
        expect(stored.stateChangedAt).to.equal(await networkHelpers.time.latest())
        expect(stored.publicKey).to.equal(edKey)
      }
    })

    it("revokes an active terminal at once", async () => {
      const { terminals, market } = await openEnrolled()
      await terminals.connect(market).revoke(terminal)
      expect(await terminals.stateOf(terminal)).to.equal(revoked)
    })

    it("refuses a change that starts from another state", async () => {
      const { terminals, market } = await openEnrolled()
      const asMarket = terminals.connect(market)
      const refuses = async (verb: "suspend" | "resume" | "revoke", state: bigint) => {
        await expect(asMarket[verb](terminal))
          .to.be.revertedWithCustomError(terminals, "TerminalRegistryWrongState")
          .withArgs(terminal, state)
      }
      await refuses("resume", active)
      await asMarket.suspend(terminal)
      await refuses("suspend", suspended)
      await asMarket.revoke(terminal)
      await refuses("suspend", revoked)
      await refuses("resume", revoked)
      await refuses("revoke", revoked)
    })

    it("refuses the gateway, the consortium, another site and a stranger", async () => {
      const { terminals, gateway, consortium, base, stranger } = await openEnrolled()
      for (const actor of [gateway, consortium, base, stranger]) {
        for (const verb of ["suspend", "resume", "revoke"] as const) {
          await expect(terminals.connect(actor)[verb](terminal))
            .to.be.revertedWithCustomError(terminals, "TerminalRegistryNotOrganisation")
            .withArgs(marketNumber, actor.address)
        }
      }
    })

    it("refuses a terminal that was never enrolled", async () => {
      const { terminals, market } = await openEnrolled()
      for (const verb of ["suspend", "resume", "revoke"] as const) {
        await expect(terminals.connect(market)[verb](5))
          .to.be.revertedWithCustomError(terminals, "TerminalRegistryNotEnrolled")
          .withArgs(5)
      }
      await expect(terminals.terminalOf(5))
        .to.be.revertedWithCustomError(terminals, "TerminalRegistryNotEnrolled")
        .withArgs(5)
      expect(await terminals.stateOf(5)).to.equal(0n)
    })

    it("lets a suspended organisation take trust away, not give it back", async () => {
      const { participants, terminals, market } = await openEnrolled()
      await participants.suspend(marketNumber)
      const asMarket = terminals.connect(market)
      await asMarket.suspend(terminal)
      await expect(asMarket.resume(terminal))
        .to.be.revertedWithCustomError(terminals, "TerminalRegistryOrganisationNotActive")
        .withArgs(marketNumber)
      await asMarket.revoke(terminal)
      expect(await terminals.stateOf(terminal)).to.equal(revoked)
    })

    it("follows the organisation to its next administrator", async () => {
      const { participants, terminals, market, other } = await openEnrolled()
      await participants.connect(market).proposeAdmin(marketNumber, other)
      await participants.connect(other).acceptAdmin(marketNumber)
      await expect(terminals.connect(market).suspend(terminal))
        .to.be.revertedWithCustomError(terminals, "TerminalRegistryNotOrganisation")
        .withArgs(marketNumber, market.address)
      await terminals.connect(other).suspend(terminal)
      expect(await terminals.stateOf(terminal)).to.equal(suspended)
    })
  })

  it("refuses to be deployed on an address without code", async () => {
    const { terminals, stranger } = await open()
    await expect(ethers.deployContract("TerminalRegistry", [stranger]))
      .to.be.revertedWithCustomError(terminals, "TerminalRegistryInvalidParticipants")
      .withArgs(stranger.address)
  })
})
