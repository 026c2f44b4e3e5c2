import { z } from "@hono/zod-openapi"
import { concludeRapidTest, rapidTestStandard } from "@suyuan/protocol/inspection/standards"
import { err, ok, type Result } from "@suyuan/protocol/result"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import { instantOfLocal } from "../day"
import { orEmpty } from "./office-sites"
import { uuid } from "./schemas"

/** The standard's name in the form for one that we do not know the limit of. */
export const otherStandard = "other"

const short = z.string().trim().min(1).max(32)
const percent = z
  .string()
  .trim()
  .regex(/^[0-9]{1,3}([.][0-9])?$/, "per cent with at most one decimal")
  .transform((text) => Math.round(Number(text) * 10))
const minute = z
  .string()
  .regex(/^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$/, "a time")
  .refine((text) => text >= "2024-01-02" && !Number.isNaN(Date.parse(`${text}Z`)), "a time since 2024")

/** A rapid test as a form says it, but for its photo. */
const testForm = z.object({
  id: uuid,
  merchantId: uuid,
  commodity: z.coerce.number().int().min(1),
  lotId: orEmpty(z.string().trim().toLowerCase().pipe(uuid)),
  sampleNumber: short,
  sampledAt: minute,
  testedAt: minute,
  standard: short,
  otherStandard: orEmpty(short),
  otherMethod: orEmpty(short),
  otherLimit: orEmpty(percent.pipe(z.number().min(1).max(1000))),
  figure: percent.pipe(z.number().max(2000)),
  instrument: short,
  testerRole: short,
  channel: orEmpty(z.string().trim().min(1).max(16)),
  reviewerRole: orEmpty(short),
  retestOf: orEmpty(uuid),
  photoHash: orEmpty(z.string().regex(/^[0-9a-f]{64}$/)),
})

export type WrittenTest = {
  readonly id: string
  readonly merchantId: string
  readonly body: UploadBody<"inspection">
  readonly photo: string | undefined
}

/** What was written, by the clock of this zone; or the field that was not filled in right. */
export function readTestForm(written: Readonly<Record<string, string>>, zone: string): Result<WrittenTest, string> {
  const parsed = testForm.safeParse(written)
  if (!parsed.success) return err(String(parsed.error.issues[0]?.path[0]))
  const form = parsed.data
  const judged = standardOf(form)
  if (!judged.ok) return judged
  const seconds = (local: string) => msToSeconds2024(instantOfLocal(local, zone).getTime())
  const { id, merchantId, commodity, lotId: lot, sampleNumber, instrument, testerRole } = form
  const { channel, reviewerRole, retestOf, photoHash } = form
  const body = {
    ...{ commodity, lot, sampleNumber, instrument, testerRole, channel, reviewerRole, retestOf },
    ...{ sampledAtSeconds: seconds(form.sampledAt), testedAtSeconds: seconds(form.testedAt) },
    ...judged.value,
    inhibitionPermille: form.figure,
    conclusion: concludeRapidTest(form.figure, judged.value.limitPermille),
  }
  return ok({ id, merchantId, body, photo: photoHash })
}

type Judged = Pick<UploadBody<"inspection">, "standard" | "method" | "limitPermille">

/** A standard that we know has its own method and limit; of another all three are written. */
function standardOf(form: z.infer<typeof testForm>): Result<Judged, string> {
  const known = form.standard === otherStandard ? undefined : rapidTestStandard(form.standard)
  if (known) return ok({ standard: known.name, method: known.method, limitPermille: known.limitPermille })
  if (form.standard !== otherStandard) return err("standard")
  if (form.otherStandard === undefined) return err("otherStandard")
  if (form.otherMethod === undefined) return err("otherMethod")
  if (form.otherLimit === undefined) return err("otherLimit")
  return ok({ standard: form.otherStandard, method: form.otherMethod, limitPermille: form.otherLimit })
}
