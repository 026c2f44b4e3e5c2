/** What a second tablet takes from the broker, closed by a schema: a stranger may have the broker. */
import { z } from "zod"
import type { DisplayMessage } from "./display-message"

const text = z.string().max(200)

const displayMessage: z.ZodType<DisplayMessage> = z.object({
  v: z.literal(1),
  kind: z.literal("show"),
  state: z.enum(["idle", "basket", "code", "paying", "paid", "cash", "expired", "closed", "offline-digits"]),
  // A seller's tablet of before says nothing of these.
  recalled: z.boolean().default(false),
  cancelled: z.boolean().default(false),
  language: z.enum(["zh", "en"]),
  development: z.boolean(),
  stall: text,
  site: text,
  // A picture of the gateway's own and nothing else; a seller's tablet of before names none.
  photo: z
    .string()
    .regex(/^(\/stall-photos\/[0-9a-f]{64})?$/)
    .default(""),
  lines: z
    .array(z.object({ name: text, quantity: text, price: text, amount: text, origin: text, tests: text }))
    .max(255),
  total: text,
  // A pay code and nothing else.
  url: z.string().regex(/^(https?:\/\/[a-z0-9.:-]{1,100}\/p\/[0-9]{1,1000})?$/),
})

/** `undefined` for what this version does not know. */
export function readDisplayMessage(json: string): DisplayMessage | undefined {
  try {
    return displayMessage.safeParse(JSON.parse(json)).data
  } catch {
    return undefined
  }
}
