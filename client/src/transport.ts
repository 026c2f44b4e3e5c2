/**
 * Port to HTTP: fetch in a browser and on Bun, `Taro.request` in a mini-program. Header names are lower-case.
 * Rejects when no answer came: then nothing is known of what the gateway did.
 */
export interface TransportRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE"
  /** From the gateway's origin on, query included. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface TransportResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type Transport = (request: TransportRequest) => Promise<TransportResponse>
