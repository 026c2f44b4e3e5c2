// Writes docs/faults.md from the table that the tests of faults run, so that the page cannot disagree with them.
import { writeFileSync } from "node:fs"
import { faultPage } from "../tests/faults/fault-page"

writeFileSync(new URL("../docs/faults.md", import.meta.url), faultPage())
