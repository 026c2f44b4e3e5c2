// Writes client/src/openapi.json from the gateway's routes, and client/src/openapi.ts from that. Both are committed;
// tests/client fails when they lag behind.
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { typesOf } from "../client/generate"
import { clientDocument, documentText } from "./client-document"

const folder = join(import.meta.dir, "..", "client", "src")
const document = clientDocument()
writeFileSync(join(folder, "openapi.json"), documentText(document))
writeFileSync(join(folder, "openapi.ts"), await typesOf(document))
console.log("Wrote client/src/openapi.json and client/src/openapi.ts.")
