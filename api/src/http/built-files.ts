import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { extname, join } from "node:path"
import { gzipSync } from "node:zlib"
import type { Context } from "hono"
import { ServiceError } from "../errors"
import type { HttpEnvironment } from "./router"

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".woff2": "font/woff2",
  ".mp3": "audio/mpeg",
}
const compressible = /^(text|image\/svg|application\/manifest)/
const year = "public, max-age=31536000, immutable"

type BuiltFile = { readonly type: string; readonly bytes: Buffer<ArrayBuffer>; readonly gzipped?: Buffer<ArrayBuffer> }

export type BuiltFiles = ReadonlyMap<string, BuiltFile>

/**
 * What a builder left in a folder, read once: no path of a request ever reaches the disk. By path below the folder.
 * @param finish what this gateway has to say in `index.html`
 */
export function readBuiltFiles(
  setting: string,
  folder: string,
  finish: (html: string) => string = (html) => html,
): BuiltFiles {
  if (!existsSync(join(folder, "index.html"))) throw new Error(`${setting}: ${folder} holds no built pages`)
  const files = new Map<string, BuiltFile>()
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const type = contentTypes[extname(path)]
    if (type === undefined || !statSync(join(folder, path)).isFile()) continue
    const read = Buffer.from(readFileSync(join(folder, path)))
    const bytes = path === "index.html" ? Buffer.from(finish(read.toString("utf8"))) : read
    files.set(path.replaceAll("\\", "/"), {
      type,
      bytes,
      ...(compressible.test(type) && { gzipped: Buffer.from(gzipSync(bytes)) }),
    })
  }
  return files
}

/** @param digested names that carry a digest of what is in the file; the rest is asked for again each time */
export function answerBuiltFile(c: Context<HttpEnvironment>, files: BuiltFiles, name: string, digested: RegExp) {
  const file = files.get(name)
  if (file === undefined) throw new ServiceError("request/not-found")
  const headers = {
    "content-type": file.type,
    "cache-control": digested.test(name) ? year : "no-cache",
    vary: "accept-encoding",
  }
  const takesGzip = /\bgzip\b/.test(c.req.header("accept-encoding") ?? "")
  return takesGzip && file.gzipped !== undefined
    ? c.body(file.gzipped, 200, { ...headers, "content-encoding": "gzip" })
    : c.body(file.bytes, 200, headers)
}
