/** Goods as one guess has them: in layers as they came, or stirred. Shares are allowed here because nothing is claimed. */
import type { ExpectedLayer } from "./expected-carry"

/** Goods of a whole weight, with the grams of each source in them, which are not whole. */
export interface Goods {
  readonly grams: number
  readonly sources: ReadonlyMap<string, number>
}

/** `weight` parts of the first, the rest of the second, which weighs the same. */
export function blendOf(first: Goods, second: Goods, weight: number): Goods {
  if (weight === 0) return second
  const sources = new Map<string, number>()
  for (const [sourceId, grams] of first.sources) sources.set(sourceId, grams * weight)
  for (const [sourceId, grams] of second.sources) {
    sources.set(sourceId, (sources.get(sourceId) ?? 0) + grams * (1 - weight))
  }
  return { grams: second.grams, sources }
}

/** More that came one after another are told apart no longer: what is remembered of a pile has an end. */
export const layersMax = 16

/** Less of a source than this in a layer is forgotten when something is stirred into it. */
const leastGrams = 0.001
/** What is this near to a whole gram is one. */
const nearlyGrams = 1e-6

interface Layer {
  grams: number
  shares: ReadonlyMap<string, number>
}

/**
 * What lies there by one guess. Owned by one walk through one pile. Layers weigh whole grams and have the same shares
 * whatever leaves them unchosen, so that two outflows and one of their sum leave the same behind, to the last bit.
 */
export class Shelf {
  private readonly layersMax: number
  private readonly isLastIn: boolean
  /** As they came. */
  private layers: Layer[] = []

  constructor(kind: "first-in" | "last-in" | "mixed") {
    this.layersMax = kind === "mixed" ? 1 : layersMax
    this.isLastIn = kind === "last-in"
  }

  get grams(): number {
    return this.layers.reduce((sum, layer) => sum + layer.grams, 0)
  }

  put({ grams, sources }: Goods): void {
    if (grams === 0) return
    this.add({ grams, shares: new Map([...sources].map(([sourceId, own]) => [sourceId, own / grams])) })
  }

  /** What would be taken; less, where less is there. */
  peek(grams: number): Goods {
    const sources = new Map<string, number>()
    let wanted = grams
    for (const layer of this.inTurn()) {
      if (wanted === 0) break
      const own = Math.min(wanted, layer.grams)
      for (const [sourceId, share] of layer.shares) sources.set(sourceId, (sources.get(sourceId) ?? 0) + own * share)
      wanted -= own
    }
    return { grams: grams - wanted, sources }
  }

  /** Takes of the chosen source first, and the rest as it comes. */
  take(grams: number, chosen?: string): void {
    let wanted = chosen === undefined ? grams : grams - this.takeOf(chosen, grams)
    for (const layer of this.inTurn()) {
      if (wanted === 0) break
      const own = Math.min(wanted, layer.grams)
      layer.grams -= own
      wanted -= own
    }
    this.layers = this.layers.filter((layer) => layer.grams > 0)
  }

  /** A stock-take: what is missing has left. */
  keep(grams: number): void {
    this.take(Math.max(0, this.grams - grams))
  }

  restore(layers: readonly ExpectedLayer[]): void {
    for (const { grams, shares } of layers) this.add({ grams, shares: new Map(shares) })
  }

  carry(): ExpectedLayer[] {
    return this.layers.map(({ grams, shares }) => ({ grams, shares: [...shares] }))
  }

  /** As they leave. */
  private inTurn(): readonly Layer[] {
    return this.isLastIn ? [...this.layers].reverse() : this.layers
  }

  /** Where there are too many layers, the two neighbours that weigh least together become one; of several the first. */
  private add(layer: Layer): void {
    this.layers.push(layer)
    if (this.layers.length <= this.layersMax) return
    const sums = this.layers.slice(1).map((later, index) => this.layers[index]!.grams + later.grams)
    const at = sums.indexOf(Math.min(...sums))
    this.layers.splice(at, 2, stirred(this.layers[at]!, this.layers[at + 1]!))
  }

  /** Whole grams, so that layers keep whole weights. */
  private takeOf(chosen: string, grams: number): number {
    let taken = 0
    for (const layer of this.inTurn()) {
      const own = layer.grams * (layer.shares.get(chosen) ?? 0)
      const here = Math.min(grams - taken, Math.floor(own + nearlyGrams), layer.grams)
      if (here === 0) continue
      const left = layer.grams - here
      const rest = [...layer.shares].map(([sourceId, share]) => {
        const grams = sourceId === chosen ? Math.max(0, own - here) : layer.grams * share
        return [sourceId, left === 0 ? 0 : grams / left] as const
      })
      layer.grams = left
      layer.shares = new Map(rest)
      taken += here
    }
    return taken
  }
}

function stirred(a: Layer, b: Layer): Layer {
  const grams = a.grams + b.grams
  const sources = new Map<string, number>()
  for (const { grams: own, shares } of [a, b]) {
    for (const [sourceId, share] of shares) sources.set(sourceId, (sources.get(sourceId) ?? 0) + own * share)
  }
  const some = [...sources].filter(([, own]) => own >= leastGrams)
  return { grams, shares: new Map(some.map(([sourceId, own]) => [sourceId, own / grams])) }
}
