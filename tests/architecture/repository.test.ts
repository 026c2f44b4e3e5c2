import { describe, expect, test } from "bun:test"
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync, statSync } from "node:fs"
import { join, resolve } from "node:path"
import { readSources, readWorkspaces } from "./gravity"

const root = resolve(import.meta.dir, "../..")

describe("workspaces", () => {
  const workspaces = readWorkspaces(root)

  test("export every file under the name that its path gives it", () => {
    const wrong: string[] = []
    for (const { path } of readSources(root)) {
      for (const [name, folder] of workspaces) {
        if (!path.startsWith(`${folder}/`) || !path.endsWith(".ts") || path.includes(".test.")) continue
        const specifier = `${name}/${path.slice(folder.length + 1, -".ts".length)}`
        if (resolved(specifier, root) !== join(root, path)) wrong.push(specifier)
      }
    }
    expect(wrong).toEqual([])
  })

  test("are imported only by names that exist", () => {
    const wrong = readSources(root).flatMap(({ path, imports }) =>
      imports
        .filter((specifier) => specifier.startsWith("@suyuan/") && !path.startsWith("tests/architecture/"))
        .filter((specifier) => resolved(specifier, join(root, path, "..")) === undefined)
        .map((specifier) => `${path} imports ${specifier}`),
    )
    expect(wrong).toEqual([])
  })

  function resolved(specifier: string, from: string): string | undefined {
    try {
      return Bun.resolveSync(specifier, from)
    } catch {
      return undefined
    }
  }
})

describe("tracked files", () => {
  const tracked = listTracked().split("\0")
  const texts = tracked
    .filter((path) => path !== "" && existsSync(join(root, path)) && statSync(join(root, path)).isFile())
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }))
    .filter(({ text }) => !text.includes("\0"))

  /** Put together from parts, so that this file does not contain what it looks for. */
  const home = ["", "(?:home|Users|root|work|farm)", "(?!\\.)"].join("/")
  const machinePath = new RegExp(`(?<![\\w.@/*])${home}[\\w-]`)
  const registryHosts = ["npm" + "js.org", "npm" + "js.com", "yarn" + "pkg.com", "npm" + "mirror.com", "jfrog" + ".io"]

  /** Also when the checkout belongs to another user. */
  function listTracked(): string {
    return execFileSync("git", ["-c", "safe.directory=*", "ls-files", "-z"], { cwd: root, encoding: "utf8" })
  }

  function linesWith(pattern: RegExp): string[] {
    return texts.flatMap(({ path, text }) =>
      text.split("\n").flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
    )
  }

  test("name no folder of the machine that they were written on", () => {
    expect(linesWith(machinePath)).toEqual([])
  })

  test("would be found to name one", () => {
    const [home, work] = ["/ho" + "me/user/x", "/wo" + "rk/main"]
    expect([`cd ${home}`, `"${work}"`, `(${work}/a`, `=${home}`].every((line) => machinePath.test(line))).toBe(true)
    const others = [`https://x.cn${work}`, `a${work}`, `.${home}`, `@scope${work}`, `/**${work}`]
    expect(others.some((line) => machinePath.test(line))).toBe(false)
  })

  test("name no package registry: which one is used is the user's matter", () => {
    expect(linesWith(new RegExp(registryHosts.map((host) => RegExp.escape(host)).join("|")))).toEqual([])
  })

  test("take no path from a URL's pathname, where a space of the checkout's folder is %20", () => {
    expect(linesWith(/import\.meta\.url\)\.pathname/)).toEqual([])
  })

  test("hold no private key", () => {
    expect(linesWith(new RegExp(`-----BEGIN ${"(?:[A-Z]+ )?PRIVATE"} KEY-----\\s*$`))).toEqual([])
  })

  test("hold nothing that a run leaves behind", () => {
    const left = tracked.filter((path) =>
      /(^|\/)(\.suyuan|node_modules|\.cache)\/|\.(log|sqlite|tsbuildinfo)$/.test(path),
    )
    expect(left).toEqual([])
  })
})
