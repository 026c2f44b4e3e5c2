import type { LineProps } from "./form-types"

export function Line({ id, label, value, onChange, lengthMax, isWeight = false }: LineProps) {
  return (
    <label className="labelled">
      <span className="soft">{label}</span>
      <input
        id={id}
        className="field"
        type="text"
        value={value}
        maxLength={lengthMax}
        inputMode={isWeight ? "decimal" : "text"}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  )
}
