/** A buyer's page that waits for news of a sale. */
export type WaitingPage = { heard(): string; close(): void }

export async function openEvents(gatewayUrl: string, digits: string): Promise<WaitingPage> {
  const left = new AbortController()
  const response = await fetch(`${gatewayUrl}/p/${digits}/events`, {
    headers: { accept: "text/event-stream" },
    signal: left.signal,
  })
  if (!response.ok || response.body === null) throw new Error(`no stream of events: ${response.status}`)
  let text = ""
  const reading = (async () => {
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true })
  })()
  reading.catch(() => {}) // It ends with the gateway, or when the page is left.
  return { heard: () => text, close: () => left.abort() }
}
