import type { Context as HttpContext } from "hono"
import type { Photo } from "../inspections/photo-bytes"
import type { HttpEnvironment } from "./router"

/** A picture that is named by its bytes and public: it never changes, and every cache on the way may keep it. */
export async function answerPublicPicture(
  c: HttpContext<HttpEnvironment>,
  hash: string,
  read: () => Promise<Photo>,
): Promise<Response> {
  const { mediaType, bytes } = await read()
  const headers = { etag: `"${hash}"`, "cache-control": "public, max-age=31536000, immutable" }
  if (c.req.header("if-none-match") === headers.etag) return c.body(null, 304, headers)
  const contentHeaders = { "content-type": mediaType, "x-content-type-options": "nosniff" }
  return c.body(new Uint8Array(bytes).buffer, 200, { ...headers, ...contentHeaders })
}

/** A picture of somebody's: no cache keeps it, and what it is was told from its own bytes. */
export function answerPersonalPicture(c: HttpContext<HttpEnvironment>, { mediaType, bytes }: Photo): Response {
  const headers = { "content-type": mediaType, "x-content-type-options": "nosniff", "cache-control": "no-store" }
  return c.body(new Uint8Array(bytes).buffer, 200, headers)
}
