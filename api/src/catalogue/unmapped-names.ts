import { unmappedMentions, unmappedNames } from "@suyuan/drizzle/schema/matching"
import { eq } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { findCommodity } from "./read-catalogue"

/** Who called goods by a name that the catalogue may not know. */
export type Mention = {
  /** The upload's id: one that comes again is one mention. */
  readonly mentionId: string
  readonly siteId: string
  readonly merchantId: string
  readonly source: "outside-goods" | "terminal"
}

export type Meaning =
  | { readonly kind: "commodity"; readonly code: number }
  /** It waits for a person: nothing is guessed. */
  | { readonly kind: "open" }
  /** A person said that it is no commodity of ours. */
  | { readonly kind: "dismissed" }

/** As names are compared. */
export function plainName(name: string): string {
  return name.trim().toLowerCase()
}

/** What a name means by the catalogue; one that it does not know is put in the operators' inbox, with who said it. */
export async function meaningOf(
  ctx: Pick<Context, "clock" | "random">,
  tx: Transaction,
  said: string,
  mention: Mention,
): Promise<Meaning> {
  const commodity = await findCommodity(tx, said)
  if (commodity) return { kind: "commodity", code: commodity.code }
  const at = new Date(ctx.clock.nowMs())
  const name = plainName(said)
  await tx
    .insert(unmappedNames)
    .values({ id: ctx.random.uuid(), name, state: "open", firstSeenAt: at })
    .onConflictDoNothing()
  const [known] = await tx.select().from(unmappedNames).where(eq(unmappedNames.name, name))
  if (!known) throw new Error("a name that was put in the inbox is gone")
  await tx
    .insert(unmappedMentions)
    .values({ ...mention, nameId: known.id, said: said.trim(), at })
    .onConflictDoNothing()
  if (known.state === "dismissed") return { kind: "dismissed" }
  // A mapped name is a synonym; one that a later catalogue left out again waits once more.
  if (known.state === "mapped") {
    // Or it was mapped between the two looks.
    const mapped = await findCommodity(tx, said)
    if (mapped) return { kind: "commodity", code: mapped.code }
    await tx.update(unmappedNames).set({ state: "open", commodity: null }).where(eq(unmappedNames.id, known.id))
  }
  return { kind: "open" }
}
