/** Goods as one guess has them: in layers as they came, or stirred. Shares are allowed here because nothing is claimed. */

/** Grams by source, not whole ones. */
export type Goods = ReadonlyMap<string, number>

export function gramsIn(goods: Goods): number {
  let sum = 0
  for (const grams of goods.values()) sum += grams
  return sum
}

/** `weight` parts of the first, the rest of the second. */
export function blendOf(first: Goods, second: Goods, weight: number): Goods {
  const blend = new Map<string, number>()
  for (const [sourceId, grams] of first) blend.set(sourceId, grams * weight)
  for (const [sourceId, grams] of second) blend.set(sourceId, (blend.get(sourceId) ?? 0) + grams * (1 - weight))
  return blend
}

/** What lies there by one guess. Owned by one walk through one pile. */
export class Shelf {
  private readonly isLayered: boolean
  private layers: Map<string, number>[] = []

  constructor(kind: "first-in" | "mixed") {
    this.isLayered = kind === "first-in"
  }

  put(goods: Goods): void {
    const layer = this.isLayered ? undefined : this.layers[0]
    if (layer === undefined) this.layers.push(new Map(goods))
    else for (const [sourceId, grams] of goods) layer.set(sourceId, (layer.get(sourceId) ?? 0) + grams)
  }

  /** What would be taken. */
  peek(grams: number): Goods {
    const taken = new Map<string, number>()
    let wanted = grams
    for (const layer of this.layers) {
      if (wanted <= 0) break
      const own = gramsIn(layer)
      const share = own === 0 ? 0 : Math.min(1, wanted / own)
      for (const [sourceId, here] of layer) taken.set(sourceId, (taken.get(sourceId) ?? 0) + here * share)
      wanted -= own * share
    }
    return taken
  }

  /** Takes of the chosen source first, and the rest as it comes. */
  take(grams: number, chosen?: string): void {
    let wanted = chosen === undefined ? grams : grams - this.takeOf(chosen, grams)
    for (const layer of this.layers) {
      if (wanted <= 0) break
      const own = gramsIn(layer)
      const share = own === 0 ? 0 : Math.min(1, wanted / own)
      for (const [sourceId, here] of layer) layer.set(sourceId, here * (1 - share))
      wanted -= own * share
    }
    this.layers = this.layers.filter((layer) => gramsIn(layer) > 0)
  }

  /** A stock-take: what is missing has left. */
  keep(grams: number): void {
    this.take(this.layers.reduce((sum, layer) => sum + gramsIn(layer), 0) - grams)
  }

  private takeOf(chosen: string, grams: number): number {
    let taken = 0
    for (const layer of this.layers) {
      const here = Math.min(layer.get(chosen) ?? 0, grams - taken)
      if (here > 0) layer.set(chosen, (layer.get(chosen) ?? 0) - here)
      taken += here
    }
    return taken
  }
}
