import type { LineProps } from "./form-types"

export function Line({ id, label, value, onChange, lengthMax, isLong = false, isWeight = false }: LineProps) {
  const shared = {
    ...{ id, value, maxLength: lengthMax, autoComplete: "off" },
    onChange: (event: { readonly target: { readonly value: string } }) => onChange(event.target.value),
  }
  return (
    <label className="labelled" htmlFor={id}>
      <span className="soft">{label}</span>
      {isLong ? (
        <textarea className="field long" rows={3} {...shared} />
      ) : (
        <input className="field" type="text" inputMode={isWeight ? "decimal" : "text"} {...shared} />
      )}
    </label>
  )
}
