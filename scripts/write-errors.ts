// Writes docs/errors.md from the words that refusals are told with, so that the page cannot disagree with them.
import { writeFileSync } from "node:fs"
import { errorPage } from "./error-page"

writeFileSync(new URL("../docs/errors.md", import.meta.url), errorPage())
