// Which test file belongs to which stage. A file that no stage names belongs to the gateway's.

export type Stage = {
  readonly number: number
  readonly name: string
  /** On two cores; printed beside the time taken. */
  readonly budgetSeconds: number
  /** Folders below tests/; the first stage that names one has it. */
  readonly folders: readonly string[]
  /** Whether its files need PostgreSQL, broker and chain. */
  readonly needsEngines: boolean
  /** Whether its files open built pages. */
  readonly needsPages: boolean
  /** Whether each file loads its modules anew. Where it does not, a file must leave no global changed. */
  readonly isolates: boolean
  /** Workers beyond one a core: for files that wait for other processes. */
  readonly workersBeyond: number
}

export const stages: readonly Stage[] = [
  {
    number: 0,
    name: "verify: format, lint, types, unused code, architecture, pure units",
    budgetSeconds: 60,
    folders: ["architecture", "look", "protocol/units", "protocol/codec"],
    needsEngines: false,
    needsPages: false,
    isolates: true,
    workersBeyond: 0,
  },
  {
    number: 1,
    name: "protocol, contracts, simulated world",
    budgetSeconds: 150,
    folders: ["protocol", "sealing", "bench"],
    needsEngines: false,
    needsPages: false,
    isolates: true,
    workersBeyond: 0,
  },
  {
    number: 2,
    name: "gateway, sandbox, flows, faults",
    budgetSeconds: 300,
    folders: [],
    needsEngines: true,
    needsPages: false,
    isolates: false,
    workersBeyond: 1,
  },
  {
    number: 3,
    name: "built pages: the terminal's and the buyer's, in one browser, a context per test",
    budgetSeconds: 240,
    folders: ["terminal-kiosk/browser", "miniprogram/built"],
    needsEngines: true,
    needsPages: true,
    isolates: true,
    workersBeyond: 0,
  },
]

const longFolder = "long"
const gatewayStage = 2

/** @param path relative to tests/, with forward slashes */
export function stageOf(path: string): number {
  const found = stages.findIndex(({ folders }) => folders.some((folder) => path.startsWith(`${folder}/`)))
  return found === -1 ? gatewayStage : found
}

/** What takes minutes, or its own installs, runs only when asked for. */
export function isLong(path: string): boolean {
  return path.startsWith(`${longFolder}/`)
}
