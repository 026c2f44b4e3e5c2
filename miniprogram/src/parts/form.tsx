// A line that people write into, on mini-programs; `form.h5.tsx` is the same as plain HTML.
import { Input, Label } from "@tarojs/components"
import { Words } from "./elements"
import type { LineProps } from "./form-types"

export function Line({ id, label, value, onChange, lengthMax, isWeight = false }: LineProps) {
  return (
    <Label className="labelled">
      <Words className="soft">{label}</Words>
      <Input
        id={id}
        className="field"
        value={value}
        maxlength={lengthMax}
        type={isWeight ? "digit" : "text"}
        ariaLabel={label}
        onInput={(event) => onChange(String(event.detail.value))}
      />
    </Label>
  )
}
