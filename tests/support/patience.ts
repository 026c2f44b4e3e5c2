// Read before every test file (bunfig.toml). A test waits for conditions, not for times, so this only ends one that hangs;
// the machines that run all of them are busy, and the first of a run starts a database. Bun forgets it after the first file
// of a process, so several files are run by `npm test`, or with --isolate.
import { setDefaultTimeout } from "bun:test"

setDefaultTimeout(90_000)
