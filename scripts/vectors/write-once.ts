/**
 * Vectors are generated once and then fixed: a format changes only by a new version, so a file that exists is
 * never written again.
 */
import { existsSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const VECTORS_FOLDER = new URL("../../tests/vectors/", import.meta.url)

/** Writes `tests/vectors/<name>.json`, or says why not. Returns whether it wrote. */
export function writeVectorsOnce(name: string, vectors: object): boolean {
  const path = fileURLToPath(new URL(`${name}.json`, VECTORS_FOLDER))
  if (existsSync(path)) {
    console.log(`${name}.json exists and stays as it is: a changed format needs a new version, and new vectors`)
    return false
  }
  writeFileSync(path, `${JSON.stringify(vectors, null, 2)}\n`, { flag: "wx" })
  console.log(`${name}.json written`)
  return true
}
