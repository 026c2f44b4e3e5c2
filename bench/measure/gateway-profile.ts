// What a sampling profile of the gateway says: time by stage of the line, and by function.

type Frame = { readonly functionName: string; readonly url: string; readonly lineNumber: number }
type ProfileNode = { readonly id: number; readonly callFrame: Frame; readonly children?: readonly number[] }

/** As `Profiler.stop` of the inspector gives it. */
export type CpuProfile = {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[]
}

export type ProfileRow = { readonly name: string; readonly ms: number }

/**
 * Stages by the files and functions whose frames tell them, the innermost first. Code that goes on after an `await` has
 * no caller on its stack, so what libraries do by themselves stands under their own names.
 */
const stages: readonly (readonly [string, RegExp])[] = [
  ["signatures", /native-signatures\.ts /],
  ["hashes, derived keys", /native-hashes\.ts |wasm-keccak\.ts |wasm-function|api\/src\/keys\.ts |content-key\.ts /],
  ["statements: building", /api\/src\/unnest\.ts /],
  ["parse envelope and body", /terminal\/upload(-bodies)?\.ts (parse|decode)|terminal\/pay-code\.ts parsePayCode$/],
  ["verify envelope", /refuseEnvelope|terminal\/upload\.ts /],
  ["verify code", /sales\/verify-codes\.ts |pay-code-signature\.ts verify/],
  ["draft record", /sales\/draft-sale-record\.ts |ledger\/record\.ts encodeRecord/],
  ["store sales and lines", /sales\/(store-codes|sale-key|resolve-lines|resolve-late-lines|read-snapshots)\.ts /],
  ["pile events", /trace\/(apply-sales|note-events|project-purchase|bought-origins)\.ts /],
  ["write records", /ledger\/write-records\.ts /],
  ["join with payment", /sales\/(complete-trades|read-trades|record-trades)\.ts /],
  [
    "seal: commit, encrypt, encode",
    /sealing\/src\/|encrypt-section\.ts |protocol\/src\/ledger\/(commitment|entry)\.ts /,
  ],
  ["batch: root, head, payload", /protocol\/src\/ledger\/(batch|merkle)\.ts /],
  ["seal: read and store", /ledger\/(seal-batch|audiences)\.ts /],
  ["sign, submit, confirm", /ledger\/anchor-batches\.ts |adapters\/evm-(chain|append)\.ts |node_modules\/ethers\//],
  ["acknowledge", /mqtt\/listen\.ts acknowledge|mqtt-broker\.ts publish/],
  ["receive and group", /mqtt\/|adapters\/mqtt-broker\.ts /],
  ["outbox, leases, other jobs", /api\/src\//],
  ["statements: building", /node_modules\/drizzle-orm\//],
  ["statements: client (postgres)", /node_modules\/postgres\//],
  ["broker client (mqtt)", /node_modules\/(mqtt|mqtt-packet|readable-stream|bl|rfdc|debug)\//],
]

/** Milliseconds of the profile by stage; what belongs to none is `runtime and garbage`. */
export function byStage(profile: CpuProfile): ProfileRow[] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  )
  const stageOf = new Map<number, string>()
  function find(id: number): string {
    const known = stageOf.get(id)
    if (known !== undefined) return known
    const frame = nodes.get(id)?.callFrame
    const place = frame ? placeOf(frame) : ""
    const own = stages.find(([, pattern]) => pattern.test(place))?.[0]
    const parent = parents.get(id)
    const stage = isOfLibrary(place, own) && parent !== undefined ? (domainOf(find(parent)) ?? own) : own
    const found = stage ?? (parent === undefined ? "runtime and garbage" : find(parent))
    stageOf.set(id, found)
    return found
  }
  return summed(profile, find)
}

/** A library that works for a stage counts as that stage. */
function isOfLibrary(place: string, stage: string | undefined): boolean {
  return stage !== undefined && place.includes("node_modules/")
}

function domainOf(stage: string): string | undefined {
  return /^(runtime|statements|broker client)/.test(stage) ? undefined : stage
}

/** Milliseconds in each function itself. */
export function byFunction(profile: CpuProfile): ProfileRow[] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  return summed(profile, (id) => {
    const frame = nodes.get(id)?.callFrame
    return frame ? placeOf(frame) : ""
  })
}

function placeOf({ url, functionName }: Frame): string {
  const file = url.replace(/^file:\/\//, "").replace(/^.*\/(?=(api|protocol|sealing|drizzle|node_modules)\/)/, "")
  return `${file} ${functionName}`
}

function summed({ samples, timeDeltas }: CpuProfile, nameOf: (id: number) => string): ProfileRow[] {
  const total = new Map<string, number>()
  for (const [index, id] of samples.entries()) {
    const name = nameOf(id)
    total.set(name, (total.get(name) ?? 0) + (timeDeltas[index] ?? 0) / 1000)
  }
  return [...total].map(([name, ms]) => ({ name, ms })).sort((a, b) => b.ms - a.ms)
}
