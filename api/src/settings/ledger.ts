import { z } from "zod"
import { file, httpUrl, setting } from "./setting"

/** The chain, and this gateway's log on it. */
export const ledgerSettings = {
  CHAIN_RPC_URLS: setting(
    "CHAIN_RPC_URLS",
    {
      meaning: "comma-separated JSON-RPC addresses of the organisation's chain nodes",
      example: "https://node-a:8545,https://node-b:8545",
    },
    z
      .string()
      .transform((list) => list.split(",").map((url) => url.trim()))
      .pipe(z.array(httpUrl).min(1).max(8)),
  ),
  CHAIN_DEPLOYMENT_FILE: setting(
    "CHAIN_DEPLOYMENT_FILE",
    { meaning: "JSON with chainId and the addresses of the three contracts", example: "/etc/suyuan/deployment.json" },
    file,
  ),
  CHAIN_SUBMITTER_KEY_FILE: setting(
    "CHAIN_SUBMITTER_KEY_FILE",
    {
      meaning: "file with the secp256k1 key that may append to this gateway's log",
      example: "/run/secrets/submitter",
      secret: true,
    },
    file,
  ),
  CHAIN_SITE_KEY_FILE: setting(
    "CHAIN_SITE_KEY_FILE",
    {
      meaning: "development only: key of the sites' organisation, which enters terminal keys into the registry",
      example: "/run/secrets/site-organisation",
      secret: true,
    },
    file.optional(),
  ),
  CHAIN_FINAL_DEPTH: setting(
    "CHAIN_FINAL_DEPTH",
    {
      meaning: "blocks on top of one before it counts as final; 0 for QBFT, whose blocks are final at once",
      example: "0",
    },
    z.coerce.number().int().min(0).max(1000).default(0),
  ),
  LEDGER_LOG: setting(
    "LEDGER_LOG",
    { meaning: "number of the gateway's organisation, which is its log", example: "1" },
    z.coerce.number().int().min(1).max(0x7fff_ffff).default(1),
  ),
  LEDGER_BATCH_AGE_MS: setting(
    "LEDGER_BATCH_AGE_MS",
    { meaning: "a batch is sealed when its oldest record is this old, or when it is full", example: "2000" },
    z.coerce.number().int().min(50).max(3_600_000).default(2000),
  ),
}
