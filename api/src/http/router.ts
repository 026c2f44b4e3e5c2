import { OpenAPIHono } from "@hono/zod-openapi"
import type { Actor } from "../actor"
import { ServiceError } from "../errors"
import type { Language } from "./language"

export type HttpEnvironment = {
  Bindings: {
    /** Address of the socket; absent in tests that do not care. */
    readonly address?: string
  }
  Variables: {
    /** The client's address, behind trusted proxies too. Never logged. */
    address: string
    language: Language
    /** Set by `requireActor`. */
    actor: Actor
    /** Nonce of this answer's content security policy, for a page's own `<style>` and `<script>`. */
    secureHeadersNonce?: string
  }
}

export type Routes = OpenAPIHono<HttpEnvironment>

/** A router whose validators refuse as the rest of the API does: `request/malformed` with the field. */
export function newRouter(): Routes {
  return new OpenAPIHono<HttpEnvironment>({
    defaultHook: (result) => {
      if (result.success) return
      const issue = result.error.issues[0]
      const field = issue?.path.map(String).join(".")
      throw new ServiceError("request/malformed", {
        ...(field ? { field } : {}),
        ...(issue ? { expected: issue.message.slice(0, 200) } : {}),
      })
    },
  })
}
