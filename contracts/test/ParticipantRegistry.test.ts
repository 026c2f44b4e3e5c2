import { expect } from "chai"
import {
  ethers,
  gatewayNumber,
  marketNumber,
  networkHelpers,
  openMarket,
  openRegistry,
  roles,
  sealingKey,
} from "./fixture"

const active = 1n
const suspended = 2n
const zeroAddress = ethers.ZeroAddress
const zeroKey = ethers.ZeroHash
const otherKey = `0x${"77".repeat(32)}`

const fresh = () => networkHelpers.loadFixture(openRegistry)
const market = () => networkHelpers.loadFixture(openMarket)

describe("ParticipantRegistry", () => {
  describe("register", () => {
    it("enters an organisation with its keys and says so in events", async () => {
      const { participants, gateway, submitter, other } = await fresh()
      const transaction = participants.register(7, "网关", roles.gateway | roles.market, gateway, sealingKey, [
        submitter,
        other,
      ])
      await expect(transaction)
        .to.emit(participants, "OrganisationRegistered")
        .withArgs(7, gateway.address, roles.gateway | roles.market, sealingKey, "网关")
      await expect(transaction).to.emit(participants, "SubmitterAdded").withArgs(7, submitter.address)
      await expect(transaction).to.emit(participants, "SubmitterAdded").withArgs(7, other.address)

      const organisation = await participants.organisation(7)
      expect(organisation.state).to.equal(active)
      expect(organisation.roles).to.equal(12n)
      expect(organisation.registeredAt).to.equal(await networkHelpers.time.latest())
      expect(organisation.admin).to.equal(gateway.address)
      expect(organisation.pendingAdmin).to.equal(zeroAddress)
      expect(organisation.sealingKey).to.equal(sealingKey)
      expect(organisation.name).to.equal("网关")
      expect(await participants.isSubmitter(7, submitter)).to.equal(true)
      expect(await participants.isSubmitter(8, submitter)).to.equal(false)
    })

    it("refuses everyone but a consortium administrator", async () => {
      const { participants, gateway } = await fresh()
      await expect(participants.connect(gateway).register(7, "网关", roles.gateway, gateway, sealingKey, []))
        .to.be.revertedWithCustomError(participants, "AccessControlUnauthorizedAccount")
        .withArgs(gateway.address, zeroKey)
    })

    it("refuses number 0", async () => {
      const { participants, gateway } = await fresh()
      await expect(
        participants.register(0, "网关", roles.gateway, gateway, sealingKey, []),
      ).to.be.revertedWithCustomError(participants, "ParticipantRegistryInvalidNumber")
    })

    it("refuses a number a second time, also of a suspended organisation", async () => {
      const { participants, stranger } = await market()
      await participants.suspend(gatewayNumber)
      await expect(participants.register(gatewayNumber, "x", roles.gateway, stranger, sealingKey, []))
        .to.be.revertedWithCustomError(participants, "ParticipantRegistryAlreadyRegistered")
        .withArgs(gatewayNumber)
    })

    it("takes names of 1 to 96 bytes", async () => {
      const { participants, gateway } = await fresh()
      const register = (number: number, name: string) =>
        participants.register(number, name, roles.gateway, gateway, sealingKey, [])
      await register(1, "x")
      await register(2, "农".repeat(32))
      for (const name of ["", `${"农".repeat(32)}x`]) {
        await expect(register(3, name))
          .to.be.revertedWithCustomError(participants, "ParticipantRegistryInvalidName")
          .withArgs(new TextEncoder().encode(name).length)
      }
    })

    it("refuses no role and roles that do not exist", async () => {
      const { participants, gateway } = await fresh()
      await participants.register(1, "x", 31, gateway, sealingKey, [])
      for (const bits of [0, 32, 128 | roles.gateway]) {
        await expect(participants.register(2, "x", bits, gateway, sealingKey, []))
          .to.be.revertedWithCustomError(participants, "ParticipantRegistryInvalidRoles")
          .withArgs(bits)
      }
    })

    it("refuses empty addresses, an empty sealing key and a submitter named twice", async () => {
      const { participants, gateway, submitter } = await fresh()
      await expect(participants.register(7, "x", 8, zeroAddress, sealingKey, [])).to.be.revertedWithCustomError(
        participants,
        "ParticipantRegistryInvalidAddress",
      )
      await expect(participants.register(7, "x", 8, gateway, sealingKey, [zeroAddress])).to.be.revertedWithCustomError(
        participants,
        "ParticipantRegistryInvalidAddress",
      )
      await expect(participants.register(7, "x", 8, gateway, zeroKey, [])).to.be.revertedWithCustomError(
        participants,
        "ParticipantRegistryInvalidSealingKey",
      )
      await expect(participants.register(7, "x", 8, gateway, sealingKey, [submitter, submitter]))
        .to.be.revertedWithCustomError(participants, "ParticipantRegistrySubmitterExists")
        .withArgs(7, submitter.address)
    })
  })

  describe("suspend and resume", () => {
    it("stops an organisation and lets it go on", async () => {
      const { participants } = await market()
      await expect(participants.suspend(gatewayNumber))
        .to.emit(participants, "OrganisationSuspended")
        .withArgs(gatewayNumber)
      expect(await participants.standingOf(gatewayNumber)).to.deep.equal([suspended, 8n])
      await expect(participants.resume(gatewayNumber))
        .to.emit(participants, "OrganisationResumed")
        .withArgs(gatewayNumber)
      expect(await participants.standingOf(gatewayNumber)).to.deep.equal([active, 8n])
    })

    it("refuses a change that starts from another state", async () => {
      const { participants } = await market()
      await expect(participants.resume(gatewayNumber))
        .to.be.revertedWithCustomError(participants, "ParticipantRegistryWrongState")
        .withArgs(gatewayNumber, active)
      await participants.suspend(gatewayNumber)
      await expect(participants.suspend(gatewayNumber))
        .to.be.revertedWithCustomError(participants, "ParticipantRegistryWrongState")
        .withArgs(gatewayNumber, suspended)
    })

    it("refuses the organisation itself and strangers", async () => {
      const { participants, gateway, stranger } = await market()
      for (const actor of [gateway, stranger]) {
        for (const verb of ["suspend", "resume"] as const) {
          await expect(participants.connect(actor)[verb](gatewayNumber))
            .to.be.revertedWithCustomError(participants, "AccessControlUnauthorizedAccount")
            .withArgs(actor.address, zeroKey)
        }
      }
    })

    it("refuses an unknown organisation", async () => {
      const { participants } = await market()
      for (const verb of ["suspend", "resume"] as const) {
        await expect(participants[verb](99))
          .to.be.revertedWithCustomError(participants, "ParticipantRegistryNotRegistered")
          .withArgs(99)
      }
    })
  })

  describe("changeRoles", () => {
    it("replaces the roles", async () => {
      const { participants } = await market()
      await expect(participants.changeRoles(gatewayNumber, roles.gateway | roles.wholesale))
        .to.emit(participants, "RolesChanged")
        .withArgs(gatewayNumber, roles.gateway, roles.gateway | roles.wholesale)
      expect(await participants.standingOf(gatewayNumber)).to.deep.equal([active, 10n])
    })

    it("refuses the organisation itself, impossible roles and an unknown organisation", async () => {
      const { participants, gateway } = await market()
      await expect(participants.connect(gateway).changeRoles(gatewayNumber, roles.regulator))
        .to.be.revertedWithCustomError(participants, "AccessControlUnauthorizedAccount")
        .withArgs(gateway.address, zeroKey)
      await expect(participants.changeRoles(gatewayNumber, 0))
        .to.be.revertedWithCustomError(participants, "ParticipantRegistryInvalidRoles")
        .withArgs(0)
      await expect(participants.changeRoles(99, roles.market))
        .to.be.revertedWithCustomError(participants, "ParticipantRegistryNotRegistered")
        .withArgs(99)
    })
  })

  describe("keys of an organisation", () => {
    it("adds and removes submitters", async () => {
      const { participants, gateway, submitter, other } = await market()
      const asGateway = participants.connect(gateway)
      await expect(asGateway.addSubmitter(gatewayNumber, other))
        .to.emit(participants, "SubmitterAdded")
        .withArgs(gatewayNumber, other.address)
      await expect(asGateway.removeSubmitter(gatewayNumber, submitter))
        .to.emit(participants, "SubmitterRemoved")
        .withArgs(gatewayNumber, submitter.address)
      expect(await participants.submitterStanding(gatewayNumber, other)).to.deep.equal([active, 8n, true])
      expect(await participants.submitterStanding(gatewayNumber, submitter)).to.deep.equal([active, 8n, false])
    })

    it("refuses a submitter that is there, that is not there, and the empty address", async () => {
      const { participants, gateway, submitter, other } = await market()
      const asGateway = participants.connect(gateway)
      await expect(asGateway.addSubmitter(gatewayNumber, submitter))
        .to.be.revertedWithCustomError(participants, "ParticipantRegistrySubmitterExists")
        .withArgs(gatewayNumber, submitter.address)
      await expect(asGateway.removeSubmitter(gatewayNumber, other))
        .to.be.revertedWithCustomError(participants, "ParticipantRegistrySubmitterUnknown")
        .withArgs(gatewayNumber, other.address)
      await expect(asGateway.addSubmitter(gatewayNumber, zeroAddress)).to.be.revertedWithCustomError(
        participants,
        "ParticipantRegistryInvalidAddress",
      )
    })

    it("replaces the sealing key", async () => {
      const { participants, gateway } = await market()
      await expect(participants.connect(gateway).changeSealingKey(gatewayNumber, otherKey))
        .to.emit(participants, "SealingKeyChanged")
        .withArgs(gatewayNumber, sealingKey, otherKey)
      expect((await participants.organisation(gatewayNumber)).sealingKey).to.equal(otherKey)
      await expect(
        participants.connect(gateway).changeSealingKey(gatewayNumber, zeroKey),
      ).to.be.revertedWithCustomError(participants, "ParticipantRegistryInvalidSealingKey")
    })

    it("hands the administration over in two steps", async () => {
      const { participants, gateway, other } = await market()
      await expect(participants.connect(gateway).proposeAdmin(gatewayNumber, other))
        .to.emit(participants, "AdminProposed")
        .withArgs(gatewayNumber, gateway.address, other.address)
      expect(await participants.adminStanding(gatewayNumber, gateway)).to.deep.equal([active, 8n, true])
      await expect(participants.connect(other).acceptAdmin(gatewayNumber))
        .to.emit(participants, "AdminChanged")
        .withArgs(gatewayNumber, gateway.address, other.address)
      expect(await participants.adminStanding(gatewayNumber, gateway)).to.deep.equal([active, 8n, false])
      expect(await participants.adminStanding(gatewayNumber, other)).to.deep.equal([active, 8n, true])
      await expect(participants.connect(other).acceptAdmin(gatewayNumber))
        .to.be.revertedWithCustomError(participants, "ParticipantRegistryNotPendingAdmin")
        .withArgs(gatewayNumber, other.address)
    })

    it("refuses to hand over to anyone but the proposed address, and after the proposal was withdrawn", async () => {
      const { participants, gateway, other, stranger } = await market()
      await participants.connect(gateway).proposeAdmin(gatewayNumber, other)
      await expect(participants.connect(stranger).acceptAdmin(gatewayNumber))
        .to.be.revertedWithCustomError(participants, "ParticipantRegistryNotPendingAdmin")
        .withArgs(gatewayNumber, stranger.address)
      await participants.connect(gateway).proposeAdmin(gatewayNumber, zeroAddress)
      await expect(participants.connect(other).acceptAdmin(gatewayNumber))
        .to.be.revertedWithCustomError(participants, "ParticipantRegistryNotPendingAdmin")
        .withArgs(gatewayNumber, other.address)
      await expect(participants.connect(other).acceptAdmin(99))
        .to.be.revertedWithCustomError(participants, "ParticipantRegistryNotRegistered")
        .withArgs(99)
    })

    it("refuses another organisation, the consortium, a submitter, and an unknown number", async () => {
      const { participants, consortium, market: rival, submitter, other, gateway } = await market()
      const changes = (actor: typeof rival, number: number) => [
        () => participants.connect(actor).addSubmitter(number, other),
        () => participants.connect(actor).removeSubmitter(number, submitter),
        () => participants.connect(actor).changeSealingKey(number, otherKey),
        () => participants.connect(actor).proposeAdmin(number, other),
      ]
      for (const actor of [rival, consortium, submitter]) {
        for (const change of changes(actor, gatewayNumber)) {
          await expect(change())
            .to.be.revertedWithCustomError(participants, "ParticipantRegistryNotAdmin")
            .withArgs(gatewayNumber, actor.address)
        }
      }
      for (const change of changes(gateway, 99)) {
        await expect(change())
          .to.be.revertedWithCustomError(participants, "ParticipantRegistryNotRegistered")
          .withArgs(99)
      }
    })

    it("refuses a suspended organisation", async () => {
      const { participants, gateway, other, submitter } = await market()
      await participants.connect(gateway).proposeAdmin(gatewayNumber, other)
      await participants.suspend(gatewayNumber)
      const asGateway = participants.connect(gateway)
      for (const change of [
        () => asGateway.addSubmitter(gatewayNumber, other),
        () => asGateway.removeSubmitter(gatewayNumber, submitter),
        () => asGateway.changeSealingKey(gatewayNumber, otherKey),
        () => asGateway.proposeAdmin(gatewayNumber, other),
        () => participants.connect(other).acceptAdmin(gatewayNumber),
      ]) {
        await expect(change())
          .to.be.revertedWithCustomError(participants, "ParticipantRegistryWrongState")
          .withArgs(gatewayNumber, suspended)
      }
    })
  })

  describe("views", () => {
    it("says nothing good about an unknown number", async () => {
      const { participants } = await market()
      await expect(participants.organisation(99))
        .to.be.revertedWithCustomError(participants, "ParticipantRegistryNotRegistered")
        .withArgs(99)
      expect(await participants.standingOf(99)).to.deep.equal([0n, 0n])
      expect(await participants.submitterStanding(99, zeroAddress)).to.deep.equal([0n, 0n, false])
      expect(await participants.adminStanding(99, zeroAddress)).to.deep.equal([0n, 0n, false])
    })

    it("finds the first number that is not registered", async () => {
      const { participants } = await market()
      expect(await participants.firstUnregistered([])).to.equal(0n)
      expect(await participants.firstUnregistered([gatewayNumber, marketNumber])).to.equal(2n)
      expect(await participants.firstUnregistered([gatewayNumber, 99, 98])).to.equal(1n)
    })

    it("lets a quorum contract take the administrator's place", async () => {
      const { participants, consortium, other } = await fresh()
      await participants.grantRole(zeroKey, other)
      await participants.renounceRole(zeroKey, consortium)
      expect(await participants.isConsortiumAdmin(other)).to.equal(true)
      expect(await participants.isConsortiumAdmin(consortium)).to.equal(false)
    })
  })

  it("refuses to be deployed without an administrator", async () => {
    const { participants } = await fresh()
    await expect(ethers.deployContract("ParticipantRegistry", [zeroAddress])).to.be.revertedWithCustomError(
      participants,
      "ParticipantRegistryInvalidAddress",
    )
  })
})
