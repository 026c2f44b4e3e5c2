// The contracts and the first organisations on the chain that a supervisor uses, and the keys that go with them.
import { generateKeyPairSync, randomBytes } from "node:crypto"
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { deployContracts, type OrganisationEntry } from "@suyuan/contracts/deploy"
import { type Deployment, parseDeployment } from "@suyuan/contracts/deployment"
import { Wallet } from "ethers"
import { keepKey, readKey } from "./engines/keys"

/** The gateway's organisation, and so its log. */
const GATEWAY_ORGANISATION = 1
/** Who runs the sites of a development installation; one key enters the terminals of all three. */
export const SITE_ORGANISATIONS = [
  { number: 2, name: "Suyuan development bases 溯源演示基地", role: "base" },
  { number: 3, name: "Suyuan development wholesale market 溯源演示批发市场", role: "wholesale" },
  { number: 4, name: "Suyuan development wet markets 溯源演示菜市场", role: "market" },
] as const
/** Reads every commercial section. */
export const REGULATOR_ORGANISATION = 5

export type ChainSettings = {
  readonly CHAIN_DEPLOYMENT_FILE: string
  readonly CHAIN_SUBMITTER_KEY_FILE: string
  readonly CHAIN_SITE_KEY_FILE: string
}

/** Safe to repeat: puts there what is missing. The files stay the same, so a running gateway need not be told. */
export async function deployToChain(directory: string, rpcUrl: string): Promise<ChainSettings> {
  const submitterKeyFile = keepKey(directory, "chain-submitter", randomSecp256k1Key)
  const siteKeyFile = keepKey(directory, "chain-site", randomSecp256k1Key)
  const adminKey = readKey(keepKey(directory, "chain-admin", randomSecp256k1Key))
  const deploymentFile = join(directory, "chain-deployment.json")
  const existing = existsSync(deploymentFile) ? parseDeployment(readFileSync(deploymentFile, "utf8")) : undefined

  const deployment = await deployContracts({
    rpcUrl,
    adminKey,
    organisations: [
      {
        ...member(directory, GATEWAY_ORGANISATION, "Suyuan development gateway 溯源演示网关", ["gateway"]),
        admin: new Wallet(adminKey).address,
        submitters: [new Wallet(readKey(submitterKeyFile)).address],
      },
      ...SITE_ORGANISATIONS.map(({ number, name, role }) => ({
        ...member(directory, number, name, [role]),
        admin: new Wallet(readKey(siteKeyFile)).address,
        submitters: [],
      })),
      {
        ...member(directory, REGULATOR_ORGANISATION, "Suyuan development regulator 溯源演示监管", ["regulator"]),
        admin: new Wallet(adminKey).address,
        submitters: [],
      },
    ],
    ...(existing === undefined ? {} : { existing }),
  })
  keepDeployment(deploymentFile, deployment)
  return {
    CHAIN_DEPLOYMENT_FILE: deploymentFile,
    CHAIN_SUBMITTER_KEY_FILE: submitterKeyFile,
    CHAIN_SITE_KEY_FILE: siteKeyFile,
  }
}

function member(directory: string, number: number, name: string, roles: OrganisationEntry["roles"]) {
  return { number, name, roles, sealingKey: sealingKey(directory, number) }
}

/** Audience keys are wrapped to it; its private half stays in `keys/`. */
export function sealingKey(directory: string, organisation: number): string {
  const file = keepKey(directory, `sealing-${organisation}`, () =>
    JSON.stringify(generateKeyPairSync("x25519").privateKey.export({ format: "jwk" })),
  )
  const { x } = JSON.parse(readKey(file)) as { x: string }
  return `0x${Buffer.from(x, "base64url").toString("hex")}`
}

function randomSecp256k1Key(): string {
  return `0x${randomBytes(32).toString("hex")}`
}

function keepDeployment(file: string, deployment: Deployment): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(deployment, null, 2)}\n`)
  renameSync(`${file}.new`, file)
}
