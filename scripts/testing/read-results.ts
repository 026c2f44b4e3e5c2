// Reads what the test runners print.

export type Tally = { readonly passed: number; readonly failed: number }

export type FileTime = { readonly file: string; readonly seconds: number }

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

/** Seconds of each file from the JUnit report of `bun test`: a file is a suite that bears the file's name. */
export function readFileTimes(junit: string): FileTime[] {
  return [...junit.matchAll(/<testsuite name="([^"]+)" file="([^"]+)"[^>]* time="([\d.]+)"/g)]
    .filter(([, name, file]) => name === file)
    .map(([, , file = "", seconds]) => ({ file, seconds: Number(seconds) }))
}

export function slowest(times: readonly FileTime[], count: number): FileTime[] {
  return [...times].sort((one, other) => other.seconds - one.seconds).slice(0, count)
}
