import type { z } from "@hono/zod-openapi"
import { ServiceError } from "../errors"

/** Input of a page, refused as the API's own validators refuse. */
export function parsePage<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new ServiceError("request/malformed", {
    field: issue?.path.map(String).join(".") ?? "",
    ...(issue && { expected: issue.message.slice(0, 200) }),
  })
}
