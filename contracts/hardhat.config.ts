import { createRequire } from "node:module"
import hardhatToolboxMochaEthers from "@nomicfoundation/hardhat-toolbox-mocha-ethers"
import { defineConfig } from "hardhat/config"

const compiler = createRequire(import.meta.url).resolve("solc/soljson.js")

export default defineConfig({
  plugins: [hardhatToolboxMochaEthers],
  paths: { sources: "./src", tests: { mocha: "./test" }, artifacts: "./artifacts", cache: "./cache" },
  solidity: {
    version: "0.8.37",
    // The npm package `solc`, so that compiling needs no download.
    path: compiler,
    settings: {
      // Clique-family validators refuse newer forks.
      evmVersion: "london",
      optimizer: { enabled: true, runs: 200 },
      // Without the hash of the metadata a changed comment does not change the committed bytecode.
      metadata: { bytecodeHash: "none" },
    },
  },
  networks: {
    // The hard fork that the embedded anvil runs with; Prague would count calldata by its floor price.
    default: { type: "edr-simulated", chainType: "l1", hardfork: "cancun" },
  },
})
