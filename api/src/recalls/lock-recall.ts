import { recalls } from "@suyuan/drizzle/schema/recalls"
import { eq } from "drizzle-orm"
import type { Transaction } from "../context"
import { ServiceError } from "../errors"
import type { Recall } from "./record-step"

/** The recall's row, held until the transaction ends: its steps are numbered one after the other. */
export async function lockRecall(tx: Transaction, id: string): Promise<Recall> {
  const [recall] = await tx.select().from(recalls).where(eq(recalls.id, id)).for("update")
  if (!recall) throw new ServiceError("recall/unknown")
  return recall
}
