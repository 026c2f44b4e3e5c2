/**
 * The oracle: what a pile's books allow, asked of a flow network instead of two numbers. Goods of a set L flow from the
 * inflows through the pile's states to the outflows; every edge can hold no more L than it holds goods.
 */

interface Edge {
  readonly to: number
  room: number
  readonly back: number
}

/** A network with least flows: an edge's flow lies between `low` and `high`. */
export class FlowNetwork {
  private readonly limits: { from: number; to: number; low: number; high: number }[] = []
  private nodeCount = 0

  node(): number {
    this.nodeCount += 1
    return this.nodeCount - 1
  }

  /** Returns the edge's number. */
  edge(from: number, to: number, low: number, high: number): number {
    this.limits.push({ from, to, low, high })
    return this.limits.length - 1
  }

  /** The most that can run through one edge, coming from `source` and ending in `sink`, all limits kept. */
  mostThrough(edgeNumber: number, source: number, sink: number): number {
    const edge = this.limits[edgeNumber]!
    const ceiling = this.maxFlow(source, edge.from, edge.high)
    // The ceiling ignores the least flows; the most is the highest amount with which all limits can be kept.
    for (let grams = ceiling; grams >= edge.low; grams -= 1) {
      if (this.isFeasible(source, sink, edgeNumber, grams)) return grams
    }
    throw new Error("the oracle was given books that contradict themselves")
  }

  private maxFlow(source: number, sink: number, most: number): number {
    const graph = new Graph(this.nodeCount + 1)
    for (const { from, to, high } of this.limits) graph.connect(from, to, high)
    graph.connect(sink, this.nodeCount, most)
    return graph.maxFlow(source, this.nodeCount)
  }

  private isFeasible(source: number, sink: number, fixed: number, fixedGrams: number): boolean {
    const graph = new Graph(this.nodeCount + 2)
    const [start, end] = [this.nodeCount, this.nodeCount + 1]
    let needed = 0
    this.limits.forEach(({ from, to, low, high }, index) => {
      const [least, most] = index === fixed ? [fixedGrams, fixedGrams] : [low, high]
      graph.connect(from, to, most - least)
      graph.connect(start, to, least)
      graph.connect(from, end, least)
      needed += least
    })
    graph.connect(sink, source, Number.MAX_SAFE_INTEGER)
    return graph.maxFlow(start, end) === needed
  }
}

class Graph {
  private readonly edges: Edge[][]

  constructor(nodeCount: number) {
    this.edges = Array.from({ length: nodeCount }, () => [])
  }

  connect(from: number, to: number, room: number): void {
    if (room === 0) return
    const there = this.edges[from]!
    const here = this.edges[to]!
    there.push({ to, room, back: here.length })
    here.push({ to: from, room: 0, back: there.length - 1 })
  }

  /** Shortest augmenting paths, one after the other (Edmonds and Karp 1972). */
  maxFlow(source: number, sink: number): number {
    for (let total = 0; ; ) {
      const pushed = this.augment(source, sink)
      if (pushed === 0) return total
      total += pushed
    }
  }

  private augment(source: number, sink: number): number {
    const reachedBy: (Edge | undefined)[] = []
    const queue = [source]
    for (let next = 0; next < queue.length && !reachedBy[sink]; next += 1) {
      for (const edge of this.edges[queue[next]!]!) {
        if (edge.room === 0 || edge.to === source || reachedBy[edge.to]) continue
        reachedBy[edge.to] = edge
        queue.push(edge.to)
      }
    }
    if (!reachedBy[sink]) return 0
    const path: Edge[] = []
    for (let at = sink; at !== source; ) {
      const edge = reachedBy[at]!
      path.push(edge)
      at = this.edges[edge.to]![edge.back]!.to
    }
    const room = Math.min(...path.map((edge) => edge.room))
    for (const edge of path) {
      edge.room -= room
      this.edges[edge.to]![edge.back]!.room += room
    }
    return room
  }
}
