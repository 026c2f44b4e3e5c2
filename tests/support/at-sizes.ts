import type { Page } from "playwright-core"

export type Size = { readonly width: number; readonly height: number }

/** The page as it stands, at each of these sizes: no script of ours asks for one, so that nothing else changes with it. */
export async function atSizes(page: Page, sizes: readonly Size[], look: (size: Size) => Promise<void>): Promise<void> {
  const own = page.viewportSize()
  if (own === null) throw new Error("a page without a size")
  for (const size of sizes) {
    await resize(page, size)
    await look(size)
  }
  await resize(page, own)
}

/** Also drawn at it. */
async function resize(page: Page, { width, height }: Size): Promise<void> {
  await page.setViewportSize({ width, height })
  await page.evaluate(
    (wanted) =>
      new Promise<void>((done) => {
        const look = () => (innerWidth === wanted ? requestAnimationFrame(() => done()) : requestAnimationFrame(look))
        look()
      }),
    width,
  )
}
