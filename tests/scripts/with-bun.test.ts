import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test"
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"

const root = resolve(import.meta.dir, "../..")
const scratch = mkdtempSync(join(tmpdir(), "suyuan with-bun "))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** Node where there is one, as `npm start` uses it; Bun under the name of Node otherwise, as `bun run start` does. */
const node = Bun.which("node") ?? process.execPath
let checkout = ""

/** A repository of its own, whose one dependency lies in a workspace: installing it needs no network. */
function newCheckout(): void {
  checkout = mkdtempSync(join(scratch, "a clone "))
  write("package.json", '{"name":"tiny","private":true,"workspaces":["part"],"dependencies":{"@tiny/part":"*"}}')
  write("part/package.json", '{"name":"@tiny/part","type":"module","exports":{"./*":"./*.ts"}}')
  write("part/greet.ts", "export const greet = (name: string) => 'hello ' + name")
  write("bunfig.toml", '[install]\nlinker = "isolated"\n')
  for (const name of ["with-bun.mjs", "install-dependencies.ts"]) {
    cpSync(join(root, "scripts", name), join(checkout, "scripts", name))
  }
  write(
    "scripts/say.ts",
    'import { greet } from "@tiny/part/greet"\nconsole.log(greet(process.argv.slice(2).join("|")))',
  )
  execFileSync(process.execPath, ["install", "--lockfile-only"], { cwd: checkout, stdio: "ignore" })
}

function write(path: string, text: string): void {
  mkdirSync(join(checkout, dirname(path)), { recursive: true })
  writeFileSync(join(checkout, path), text)
}

type Ended = {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

function open(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(node, [join(checkout, "scripts/with-bun.mjs"), ...args], { cwd: tmpdir(), stdio: "pipe" })
  let out = ""
  let err = ""
  child.stdout.on("data", (chunk) => {
    out += chunk
  })
  child.stderr.on("data", (chunk) => {
    err += chunk
  })
  return { child, ended: new Promise((done) => child.on("close", (code, signal) => done({ code, signal, out, err }))) }
}

function run(...args: string[]): Promise<Ended> {
  return open(...args).ended
}

describe("installing", () => {
  beforeEach(newCheckout)

  test("installs at the first start, in a folder with spaces, and hands arguments on as they are", async () => {
    const first = await run("scripts/say.ts", "a b", "--c=$d")
    expect(first).toMatchObject({ code: 0, out: "hello a b|--c=$d\n" })
    expect(first.err).toContain("Installing the dependencies")
    const second = await run("scripts/say.ts", "x")
    expect(second).toMatchObject({ code: 0, out: "hello x\n", err: "" })
  })

  test("installs once when two start at the same time", async () => {
    const both = await Promise.all([run("scripts/say.ts", "one"), run("scripts/say.ts", "other")])
    expect(both.map(({ out }) => out)).toEqual(["hello one\n", "hello other\n"])
    expect(both.filter(({ err }) => err.includes("Installing the dependencies"))).toHaveLength(1)
  })

  test("installs again when a manifest of a workspace has changed", async () => {
    await run("scripts/say.ts", "x")
    write("part/package.json", '{"name":"@tiny/part","type":"module","exports":{"./*":"./*.ts"},"description":"new"}')
    expect((await run("scripts/say.ts", "x")).err).toContain("Installing the dependencies")
    expect((await run("scripts/say.ts", "x")).err).toBe("")
  })

  test("begins anew after an install that was killed, and keeps the download cache", async () => {
    write("node_modules/.suyuan-install-unfinished", "")
    write("node_modules/half/package.json", "{")
    write("node_modules/.cache/bun/package", "kept")
    expect(await run("scripts/say.ts", "x")).toMatchObject({ code: 0, out: "hello x\n" })
    expect(existsSync(join(checkout, "node_modules/half"))).toBe(false)
    expect(readdirSync(join(checkout, "node_modules/.cache/bun"))).toEqual(["package"])
    expect(existsSync(join(checkout, "node_modules/.suyuan-install-unfinished"))).toBe(false)
  })

  test("says so when the dependencies cannot be installed", async () => {
    write("bun.lock", "{")
    const result = await run("scripts/say.ts", "x")
    expect(result.code).not.toBe(0)
    expect(result.err).toContain("`bun install --frozen-lockfile` failed")
  })
})

describe("running", () => {
  beforeAll(async () => {
    newCheckout()
    await run("scripts/say.ts", "x") // so that nothing is left to install
  })

  test("ends as its program ends: with its exit code, or by its signal", async () => {
    write("scripts/fail.ts", "process.exit(7)")
    write("scripts/die.ts", 'process.kill(process.pid, "SIGTERM")\nsetInterval(() => {}, 1000)')
    expect((await run("scripts/fail.ts")).code).toBe(7)
    expect((await run("scripts/die.ts")).signal).toBe("SIGTERM")
  })

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("hands %s on and waits for its program", async (signal) => {
    write(
      "scripts/wait.ts",
      `process.on("${signal}", () => { console.log("asked"); process.exit(5) })
    console.log("ready")
    setInterval(() => {}, 1000)`,
    )
    const { child, ended } = open("scripts/wait.ts")
    child.stdout?.once("data", () => child.kill(signal))
    expect(await ended).toMatchObject({ code: 5, out: "ready\nasked\n" })
  })

  test("lets its program see that it was killed with -9", async () => {
    cpSync(join(root, "scripts/parent-pipe.ts"), join(checkout, "scripts/parent-pipe.ts"))
    write(
      "scripts/orphan.ts",
      `import { onParentGone } from "./parent-pipe"
    import { writeFileSync } from "node:fs"
    onParentGone(() => { writeFileSync("gone", String(process.env.WITH_BUN_PARENT_PIPE)); process.exit(0) })
    console.log("ready")
    setInterval(() => {}, 1000)`,
    )
    const { child, ended } = open("scripts/orphan.ts")
    child.stdout?.once("data", () => child.kill("SIGKILL"))
    await ended
    while (!existsSync(join(checkout, "gone"))) await Bun.sleep(10)
    expect(await Bun.file(join(checkout, "gone")).text()).toBe("undefined")
  })

  test("lets a program that its program starts keep what it has under the pipe's number", async () => {
    cpSync(join(root, "scripts/parent-pipe.ts"), join(checkout, "scripts/parent-pipe.ts"))
    write(
      "scripts/grandchild.ts",
      `import { onParentGone } from "./parent-pipe"
    import { openSync, writeSync } from "node:fs"
    const own = openSync("own", "w")
    process.env.WITH_BUN_PARENT_PIPE = own + ":" + process.env.WITH_BUN_PARENT_PIPE.split(":")[1]
    onParentGone(() => console.log("gone"))
    await Bun.sleep(50)
    writeSync(own, "mine")
    console.log("kept")`,
    )
    write(
      "scripts/program.ts",
      `const child = Bun.spawn([process.execPath, "scripts/grandchild.ts"], { stdout: "inherit" })
    process.exit(await child.exited)`,
    )
    expect(await open("scripts/program.ts").ended).toMatchObject({ code: 0, out: "kept\n" })
  })

  test.each([
    ["the shell of a package script", 1],
    ["npm, which waits for that shell", 2],
  ])("asks its program to stop when %s has gone", async (_what, depth) => {
    write(
      "scripts/wait.ts",
      `import { writeFileSync } from "node:fs"
    process.on("SIGTERM", () => { writeFileSync("asked", ""); process.exit(0) })
    console.log("ready")
    setInterval(() => {}, 1000)`,
    )
    const script = `'${node}' '${join(checkout, "scripts/with-bun.mjs")}' scripts/wait.ts; true`
    const runner = depth === 1 ? script : `/bin/sh -c "${script}"; true`
    const child = spawn("/bin/sh", ["-c", runner], {
      env: { ...process.env, npm_lifecycle_event: "start" },
      stdio: ["ignore", "pipe", "inherit"],
    })
    await new Promise((done) => child.stdout.once("data", done))
    child.kill("SIGKILL")
    while (!existsSync(join(checkout, "asked"))) await Bun.sleep(10)
    rmSync(join(checkout, "asked"))
  })
})
