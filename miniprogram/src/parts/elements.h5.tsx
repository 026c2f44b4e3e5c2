// The same elements as plain HTML.
import type { BoxProps, FieldProps, PictureProps, PressProps, TitleProps, WordsProps } from "./element-types"

export function Page({ className = "", children }: BoxProps) {
  return <main className={`buyer ${className}`}>{children}</main>
}

export function Box({ className = "", children, label, isStatus, width }: BoxProps) {
  return (
    <div
      className={className}
      {...(width === undefined ? {} : { style: { width } })}
      {...(label === undefined ? {} : { role: "img", "aria-label": label })}
      {...(isStatus === true ? { role: "status", "aria-live": "polite" as const } : {})}
    >
      {children}
    </div>
  )
}

export function Title({ level, className = "", children }: TitleProps) {
  const Heading = `h${level}` as const
  return <Heading className={`title level-${level} ${className}`}>{children}</Heading>
}

export function Words({ className = "", children }: WordsProps) {
  return <span className={className}>{children}</span>
}

export function Press({ id, className = "", children, onPress, isDisabled = false, isOpen, isChosen }: PressProps) {
  return (
    <button
      type="button"
      id={id}
      className={`press ${className}`}
      disabled={isDisabled}
      onClick={() => onPress?.()}
      {...(isOpen === undefined ? {} : { "aria-expanded": isOpen })}
      {...(isChosen === undefined ? {} : { "aria-pressed": isChosen })}
    >
      {children}
    </button>
  )
}

/** How much of it is seen is the style sheet's. `loading` stands before `src`, or a browser has asked already. */
export function Picture({ className = "", source, label, width, height, isLazy = false, onFail }: PictureProps) {
  const size = { width, height }
  const loading = isLazy ? "lazy" : "eager"
  return <img className={className} loading={loading} src={source} alt={label} {...size} onError={() => onFail?.()} />
}

export function Field({ label, value, onChange }: FieldProps) {
  return (
    <input
      className="field"
      type="search"
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
