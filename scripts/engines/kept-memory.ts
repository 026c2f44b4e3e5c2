/**
 * What a long-running program on Bun does with memory that it freed: keep it ten seconds for what comes next, whole.
 * Without this its allocator (mimalloc) gives back single blocks many times a second and takes them again at once, each
 * 4 KB by a page fault: a tenth to a third of what storing a trade costs the gateway
 * where such faults are dear (docs/performance.md). Spread first, so that a variable that is set already wins.
 */
export const keptMemory: Readonly<Record<string, string>> = {
  MIMALLOC_PURGE_HOLES: "0",
  MIMALLOC_PURGE_DELAY: "10000",
}
