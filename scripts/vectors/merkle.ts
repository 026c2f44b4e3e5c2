/** tests/vectors/merkle.json. `bun scripts/vectors/merkle.ts` */
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { keccak256 } from "@suyuan/protocol/ledger/keccak"
import { hashLeaf, inclusionPath, merkleRoot } from "@suyuan/protocol/ledger/merkle"
import { writeVectorsOnce } from "./write-once"

/** Leaves, roots and proofs of the reference tree of Certificate Transparency: not computed here. */
const certificateTransparency = {
  source: "RFC 6962 reference tree: google/certificate-transparency, merkletree/merkle_tree_test.cc",
  hash: "sha256",
  leaves: ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"],
  roots: [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ],
  inclusion: [
    { index: 0, size: 1, siblings: [] },
    {
      index: 0,
      size: 8,
      siblings: [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
      ],
    },
    {
      index: 5,
      size: 8,
      siblings: [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      ],
    },
    {
      index: 2,
      size: 3,
      siblings: ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    },
    {
      index: 1,
      size: 5,
      siblings: [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      ],
    },
  ],
}

const leaves = certificateTransparency.leaves
const leafHashes = leaves.map((leaf) => hashLeaf(fromHex(leaf)!, keccak256))
const sizes = Array.from({ length: leaves.length }, (_, i) => i + 1)

writeVectorsOnce("merkle", {
  source: "certificateTransparency: public; keccak256: this repository, the same leaves with the ledger's hash",
  certificateTransparency,
  keccak256: {
    hash: "keccak256",
    leaves,
    roots: [0, ...sizes].map((size) => toHex(merkleRoot(leafHashes.slice(0, size), keccak256))),
    inclusion: sizes.flatMap((size) =>
      Array.from({ length: size }, (_, index) => ({
        index,
        size,
        siblings: inclusionPath(leafHashes.slice(0, size), index, keccak256).map((step) => toHex(step.sibling)),
      })),
    ),
  },
})
