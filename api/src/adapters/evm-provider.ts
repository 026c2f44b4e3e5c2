import { FallbackProvider, FetchRequest, JsonRpcProvider, type Network } from "ethers"

/** A node that says nothing is given up for this time. */
export const answerMsMax = 10_000

/** The first node that answers, asked without caches: stale answers break bookkeeping under load. */
export function openProvider(rpcUrls: readonly string[], network: Network) {
  const providers = rpcUrls.map(
    (url) =>
      new JsonRpcProvider(requestTo(url), network, { staticNetwork: network, cacheTimeout: -1, batchMaxCount: 1 }),
  )
  const [first] = providers
  if (!first) throw new Error("no chain node is named")
  const provider = providers.length === 1 ? first : new FallbackProvider(providers, network, { quorum: 1 })
  const close = () => {
    for (const one of providers) one.destroy()
  }
  return { provider, close }
}

/** Ethers by itself would wait for five minutes. */
function requestTo(url: string): FetchRequest {
  const request = new FetchRequest(url)
  request.timeout = answerMsMax
  return request
}
