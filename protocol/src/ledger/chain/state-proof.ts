/**
 * What a chain's state holds under a key: a path of nodes from a block's state root down, each found by the hash that the
 * one above it names (docs/specs/chain-proof.md, CP-5). Pure; the nodes come from anybody.
 */
import { equalBytes } from "../../codec/bytes"
import { keccak256 } from "../keccak"
import { decodeRlp, encodeRlp, isList, type RlpItem } from "./rlp"

const HASH_BYTES = 32
const BRANCH_ITEMS = 17
const SHORT_ITEMS = 2
const BRANCH_VALUE = 16
/** Of a state that holds nothing: it has no nodes. */
const EMPTY_ROOT = keccak256(encodeRlp(new Uint8Array(0)))

/** `undefined`: the nodes are not the path of this key under this root, or are more than it. */
export type StateReading = { readonly value: Uint8Array | undefined } | undefined

/** Under the key's hash, as accounts and storage are kept. A value that is not there is proved like one that is. */
export function readState(root: Uint8Array, key: Uint8Array, nodes: readonly Uint8Array[]): StateReading {
  if (nodes.length === 0 && equalBytes(root, EMPTY_ROOT)) return { value: undefined }
  return walk({ hash: root }, nibblesOf(keccak256(key)), nodes)
}

/** A node by its hash, or, when it is shorter than one, itself. */
type Next = { readonly hash: Uint8Array } | { readonly node: readonly RlpItem[] }

function walk(next: Next, path: readonly number[], nodes: readonly Uint8Array[]): StateReading {
  const opened = open(next, nodes)
  if (opened === undefined) return undefined
  const { node, rest } = opened
  if (node.length === BRANCH_ITEMS) {
    const [nibble, ...below] = path
    return nibble === undefined ? last(node[BRANCH_VALUE], rest) : follow(node[nibble], below, rest)
  }
  const [encoded, target] = node
  if (node.length !== SHORT_ITEMS || encoded === undefined || isList(encoded)) return undefined
  const part = readPath(encoded)
  if (part === undefined) return undefined
  const isOnPath = part.nibbles.every((nibble, index) => path[index] === nibble)
  if (part.isLeaf) {
    const isHere = isOnPath && part.nibbles.length === path.length
    return isHere ? last(target, rest) : absent(rest)
  }
  return isOnPath ? follow(target, path.slice(part.nibbles.length), rest) : absent(rest)
}

function open(next: Next, nodes: readonly Uint8Array[]) {
  if ("node" in next) return { node: next.node, rest: nodes }
  const [bytes, ...rest] = nodes
  if (bytes === undefined || !equalBytes(keccak256(bytes), next.hash)) return undefined
  const node = decodeRlp(bytes)
  return node === undefined || !isList(node) ? undefined : { node, rest }
}

function follow(item: RlpItem | undefined, path: readonly number[], rest: readonly Uint8Array[]): StateReading {
  if (item === undefined) return undefined
  if (isList(item)) return walk({ node: item }, path, rest)
  if (item.length === 0) return absent(rest)
  return item.length === HASH_BYTES ? walk({ hash: item }, path, rest) : undefined
}

function last(item: RlpItem | undefined, rest: readonly Uint8Array[]): StateReading {
  if (item === undefined || isList(item) || rest.length > 0) return undefined
  return { value: item.length === 0 ? undefined : item }
}

function absent(rest: readonly Uint8Array[]): StateReading {
  return rest.length === 0 ? { value: undefined } : undefined
}

/** The first nibble says whether it is a leaf, and whether the second one belongs to the path. */
function readPath(encoded: Uint8Array): { isLeaf: boolean; nibbles: readonly number[] } | undefined {
  const [flags, filler, ...rest] = nibblesOf(encoded)
  if (flags === undefined || filler === undefined || flags > 3) return undefined
  const isOdd = flags % 2 === 1
  if (!isOdd && filler !== 0) return undefined
  return { isLeaf: flags >= 2, nibbles: isOdd ? [filler, ...rest] : rest }
}

function nibblesOf(bytes: Uint8Array): readonly number[] {
  const nibbles: number[] = []
  for (const byte of bytes) nibbles.push(byte >> 4, byte & 15)
  return nibbles
}
