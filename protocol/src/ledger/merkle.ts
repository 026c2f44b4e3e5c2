/**
 * Merkle trees shaped as RFC 9162 §2.1: 0x00 before a leaf, 0x01 before two nodes, a lone node at the right edge
 * goes up unchanged and is never doubled. The hash is an argument: the ledger uses keccak256, the public
 * Certificate Transparency vectors SHA-256. Rules: docs/specs/anchor.md.
 */
import { concatBytes, equalBytes } from "../codec/bytes"

export type Hash = (bytes: Uint8Array) => Uint8Array

/** Where the sibling stands, seen from the node that is being proved. */
export type Side = "left" | "right"

export interface PathStep {
  readonly side: Side
  readonly sibling: Uint8Array
}

const LEAF_PREFIX = Uint8Array.of(0)
const NODE_PREFIX = Uint8Array.of(1)

export function hashLeaf(content: Uint8Array, hash: Hash): Uint8Array {
  return hash(concatBytes(LEAF_PREFIX, content))
}

export function hashNode(left: Uint8Array, right: Uint8Array, hash: Hash): Uint8Array {
  return hash(concatBytes(NODE_PREFIX, left, right))
}

/** Root of already hashed leaves; of none it is the hash of nothing (RFC 9162 §2.1.1). */
export function merkleRoot(leafHashes: readonly Uint8Array[], hash: Hash): Uint8Array {
  if (leafHashes.length === 0) return hash(new Uint8Array(0))
  let level = leafHashes
  while (level.length > 1) level = levelAbove(level, hash)
  return level[0]!
}

function levelAbove(level: readonly Uint8Array[], hash: Hash): Uint8Array[] {
  const above: Uint8Array[] = []
  for (let i = 0; i < level.length; i += 2) {
    const right = level[i + 1]
    above.push(right === undefined ? level[i]! : hashNode(level[i]!, right, hash))
  }
  return above
}

/**
 * Siblings from the leaf up, each with its side. The sibling hashes alone are RFC 9162's inclusion proof.
 * @throws RangeError when there is no leaf at `index`.
 */
export function inclusionPath(leafHashes: readonly Uint8Array[], index: number, hash: Hash): PathStep[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= leafHashes.length) {
    throw new RangeError(`no leaf ${index} among ${leafHashes.length}`)
  }
  const path: PathStep[] = []
  let level = leafHashes
  let position = index
  while (level.length > 1) {
    const isRight = position % 2 === 1
    const sibling = level[isRight ? position - 1 : position + 1]
    if (sibling !== undefined) path.push({ side: isRight ? "left" : "right", sibling })
    level = levelAbove(level, hash)
    position = Math.floor(position / 2)
  }
  return path
}

/** The root that a leaf and its siblings give: what a bundle's path proves. */
export function rootOfPath(leafHash: Uint8Array, path: readonly PathStep[], hash: Hash): Uint8Array {
  let node = leafHash
  for (const { side, sibling } of path) {
    node = side === "left" ? hashNode(sibling, node, hash) : hashNode(node, sibling, hash)
  }
  return node
}

/** Sides of the siblings of leaf `index` in a tree of `size` leaves, from the leaf up (RFC 9162 §2.1.3.2). */
export function pathSides(index: number, size: number): Side[] {
  const sides: Side[] = []
  let position = index
  let last = size - 1
  while (last > 0) {
    if (position % 2 === 1) sides.push("left")
    else if (position < last) sides.push("right")
    position = Math.floor(position / 2)
    last = Math.floor(last / 2)
  }
  return sides
}

export interface InclusionProof {
  readonly leafHash: Uint8Array
  readonly index: number
  readonly size: number
  /** Sibling hashes from the leaf up, as RFC 9162 has them. */
  readonly siblings: readonly Uint8Array[]
}

/** RFC 9162 §2.1.3.2 with index and size; a proof too long or too short is false, never an exception. */
export function verifyInclusion(proof: InclusionProof, root: Uint8Array, hash: Hash): boolean {
  const { leafHash, index, size, siblings } = proof
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false
  const sides = pathSides(index, size)
  if (sides.length !== siblings.length) return false
  const path = sides.map((side, i) => ({ side, sibling: siblings[i]! }))
  return equalBytes(rootOfPath(leafHash, path, hash), root)
}
