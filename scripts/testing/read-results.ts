// Reads what the test runners print.

export type Tally = { readonly passed: number; readonly failed: number }

export type FileTime = {
  readonly file: string
  readonly seconds: number
  /** What of it no test took: its modules, and what it opens and closes around its tests. */
  readonly aroundSeconds: number
  readonly slowestTest: { readonly name: string; readonly seconds: number }
}

const NAME_CHARACTERS = 60

export const noTests: Tally = { passed: 0, failed: 0 }

export function addTallies(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (sum, each) => ({ passed: sum.passed + each.passed, failed: sum.failed + each.failed }),
    noTests,
  )
}

/** The summary of `bun test`. A run that ended badly has failed, also when it could not say how. */
export function readBunSummary(output: string, exitCode: number): Tally {
  return withExitCode(
    { passed: lastNumber(output, /^ *(\d+) pass$/gm), failed: lastNumber(output, /^ *(\d+) fail$/gm) },
    exitCode,
  )
}

/** The summary of mocha's last run in the output. */
export function readMochaSummary(output: string, exitCode: number): Tally {
  const passing = [...output.matchAll(/^ *(\d+) passing \(/gm)].at(-1)
  const failed = passing === undefined ? 0 : lastNumber(output.slice(passing.index), /^ *(\d+) failing$/gm)
  return withExitCode({ passed: Number(passing?.[1] ?? 0), failed }, exitCode)
}

function withExitCode(tally: Tally, exitCode: number): Tally {
  return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally
}

function lastNumber(text: string, pattern: RegExp): number {
  return Number([...text.matchAll(pattern)].at(-1)?.[1] ?? 0)
}

/** Times of each file from the JUnit report of `bun test`: a file is a suite that bears the file's name. */
export function readFileTimes(junit: string): FileTime[] {
  return [...junit.matchAll(/<testsuite name="([^"]+)" file="([^"]+)"[^>]* time="([\d.]+)"/g)]
    .filter(([, name, file]) => name === file)
    .map(([, , file = "", seconds]) => {
      const tests = testsOf(junit, file)
      const inTests = tests.reduce((sum, test) => sum + test.seconds, 0)
      const slowestTest = [...tests].sort((one, other) => other.seconds - one.seconds)[0] ?? { name: "", seconds: 0 }
      return { file, seconds: Number(seconds), aroundSeconds: Math.max(0, Number(seconds) - inTests), slowestTest }
    })
}

function testsOf(junit: string, file: string) {
  return [...junit.matchAll(/<testcase name="([^"]*)" classname="[^"]*" time="([\d.]+)" file="([^"]+)"/g)]
    .filter(([, , , own]) => own === file)
    .map(([, name = "", seconds]) => ({ name: withoutEntities(name), seconds: Number(seconds) }))
}

const withoutEntities = (text: string) =>
  text.replace(/&(lt|gt|quot|apos|#39|#10|amp);/g, (_, name: string) => entities[name] ?? "")
const entities: Readonly<Record<string, string>> = {
  ...{ lt: "<", gt: ">", quot: '"', apos: "'", "#39": "'", "#10": " ", amp: "&" },
}

/** One line for people. */
export function describeTimes({ file, seconds, aroundSeconds, slowestTest }: FileTime): string {
  const name =
    slowestTest.name.length > NAME_CHARACTERS ? `${slowestTest.name.slice(0, NAME_CHARACTERS)}…` : slowestTest.name
  return `  ${seconds.toFixed(1).padStart(6)} s  ${file}: around the tests ${aroundSeconds.toFixed(1)} s, slowest ${slowestTest.seconds.toFixed(1)} s (${name})`
}

export function slowest(times: readonly FileTime[], count: number): FileTime[] {
  return [...times].sort((one, other) => other.seconds - one.seconds).slice(0, count)
}
