/** An answer that never reaches the caller: the connection breaks at once, or stays silent until the caller gives up. */
export async function dropConnection(manner: "reset" | "hang", signal: AbortSignal): Promise<Response> {
  if (manner === "hang" && !signal.aborted) {
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }))
  }
  // A body that fails before its first byte makes Bun close the socket without a status line.
  return new Response(new ReadableStream({ pull: (controller) => controller.error() }))
}
