// A line that people write into, on mini-programs; `form.h5.tsx` is the same as plain HTML.
import { Input, Label, Textarea } from "@tarojs/components"
import { Words } from "./elements"
import type { LineProps } from "./form-types"

export function Line({ id, label, value, onChange, lengthMax, isLong = false, isWeight = false }: LineProps) {
  const shared = {
    ...{ id, value, maxlength: lengthMax, ariaLabel: label },
    onInput: (event: { readonly detail: { readonly value: unknown } }) => onChange(String(event.detail.value)),
  }
  return (
    <Label className="labelled">
      <Words className="soft">{label}</Words>
      {isLong ? (
        <Textarea className="field long" {...shared} />
      ) : (
        <Input className="field" type={isWeight ? "digit" : "text"} {...shared} />
      )}
    </Label>
  )
}
