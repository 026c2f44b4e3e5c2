/** Works on all items, at most `atOnce` at a time, in their order; the first failure ends it. */
export async function inPool<Item, Done>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item, index: number) => Promise<Done>,
): Promise<Done[]> {
  const done: Done[] = []
  let next = 0
  let hasFailed = false
  async function hand(): Promise<void> {
    while (next < items.length && !hasFailed) {
      const index = next
      next += 1
      const item = items[index] as Item
      try {
        done[index] = await work(item, index)
      } catch (error) {
        hasFailed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, hand))
  return done
}
