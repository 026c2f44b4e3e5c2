import { describe, expect, test } from "bun:test"
import { sha256 } from "@noble/hashes/sha2.js"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { keccak256 } from "@suyuan/protocol/ledger/keccak"
import {
  hashLeaf,
  hashNode,
  inclusionPath,
  merkleRoot,
  pathSides,
  rootOfPath,
  verifyInclusion,
} from "@suyuan/protocol/ledger/merkle"
import fc from "fast-check"
import vectors from "../../vectors/merkle.json"

const bytesOf = (hex: string): Uint8Array => fromHex(hex)!
const publicLeaves = vectors.certificateTransparency.leaves.map((leaf) => hashLeaf(bytesOf(leaf), sha256))

describe("merkle tree against the public Certificate Transparency vectors (SHA-256)", () => {
  test("[AN-2] gives the known root for every size from 0 to 8", () => {
    const roots = vectors.certificateTransparency.roots
    expect(roots).toHaveLength(9)
    for (const [size, root] of roots.entries()) {
      expect(toHex(merkleRoot(publicLeaves.slice(0, size), sha256))).toBe(root)
    }
  })

  test("[AN-3] gives and accepts the known inclusion proofs", () => {
    for (const { index, size, siblings } of vectors.certificateTransparency.inclusion) {
      const path = inclusionPath(publicLeaves.slice(0, size), index, sha256)
      expect(path.map((step) => toHex(step.sibling))).toEqual(siblings)
      const proof = { leafHash: publicLeaves[index]!, index, size, siblings: siblings.map(bytesOf) }
      expect(verifyInclusion(proof, bytesOf(vectors.certificateTransparency.roots[size]!), sha256)).toBe(true)
    }
  })
})

describe("merkle tree with keccak256", () => {
  test("[AN-2] gives the fixed roots and paths", () => {
    const leafHashes = vectors.keccak256.leaves.map((leaf) => hashLeaf(bytesOf(leaf), keccak256))
    for (const [size, root] of vectors.keccak256.roots.entries()) {
      expect(toHex(merkleRoot(leafHashes.slice(0, size), keccak256))).toBe(root)
    }
    for (const { index, size, siblings } of vectors.keccak256.inclusion) {
      const path = inclusionPath(leafHashes.slice(0, size), index, keccak256)
      expect(path.map((step) => toHex(step.sibling))).toEqual(siblings)
    }
  })

  test("[AN-2] agrees with RFC 9162's recursive definition", () => {
    const leaves = Array.from({ length: 70 }, (_, i) => hashLeaf(Uint8Array.of(i), keccak256))
    const recursive = (hashes: readonly Uint8Array[]): Uint8Array => {
      if (hashes.length === 1) return hashes[0]!
      let split = 1
      while (split * 2 < hashes.length) split *= 2
      return hashNode(recursive(hashes.slice(0, split)), recursive(hashes.slice(split)), keccak256)
    }
    for (let size = 1; size <= leaves.length; size++) {
      expect(toHex(merkleRoot(leaves.slice(0, size), keccak256))).toBe(toHex(recursive(leaves.slice(0, size))))
    }
  })

  test("[AN-3] proves every leaf of every size up to 40, and sides follow from index and size", () => {
    const leaves = Array.from({ length: 40 }, (_, i) => hashLeaf(Uint8Array.of(i), keccak256))
    for (let size = 1; size <= leaves.length; size++) {
      const tree = leaves.slice(0, size)
      const root = merkleRoot(tree, keccak256)
      for (let index = 0; index < size; index++) {
        const path = inclusionPath(tree, index, keccak256)
        expect(path.map((step) => step.side)).toEqual(pathSides(index, size))
        expect(toHex(rootOfPath(tree[index]!, path, keccak256))).toBe(toHex(root))
      }
    }
  })

  test("[AN-3] refuses another leaf, index, size class or a cut or lengthened path", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 50 }), fc.nat(), (size, seed) => {
        const index = seed % size
        const leaves = Array.from({ length: size }, (_, i) => hashLeaf(Uint8Array.of(i), keccak256))
        const root = merkleRoot(leaves, keccak256)
        const siblings = inclusionPath(leaves, index, keccak256).map((step) => step.sibling)
        const proof = { leafHash: leaves[index]!, index, size, siblings }
        expect(verifyInclusion(proof, root, keccak256)).toBe(true)
        expect(verifyInclusion({ ...proof, leafHash: leaves[(index + 1) % size]! }, root, keccak256)).toBe(false)
        expect(verifyInclusion({ ...proof, index: (index + 1) % size }, root, keccak256)).toBe(false)
        expect(verifyInclusion({ ...proof, index: size }, root, keccak256)).toBe(false)
        expect(verifyInclusion({ ...proof, siblings: siblings.slice(1) }, root, keccak256)).toBe(false)
        expect(verifyInclusion({ ...proof, siblings: [...siblings, root] }, root, keccak256)).toBe(false)
        expect(verifyInclusion({ ...proof, index: -1 }, root, keccak256)).toBe(false)
        expect(verifyInclusion({ ...proof, size: Number.NaN }, root, keccak256)).toBe(false)
      }),
      { numRuns: 60 },
    )
  })

  test("[AN-2] tells a leaf from a node, and never doubles a lone leaf", () => {
    const [a, b, c] = [1, 2, 3].map((n) => hashLeaf(Uint8Array.of(n), keccak256)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ]
    expect(toHex(merkleRoot([a, b, c], keccak256))).not.toBe(toHex(merkleRoot([a, b, c, c], keccak256)))
    expect(() => inclusionPath([a], 1, keccak256)).toThrow(RangeError)
  })
})
