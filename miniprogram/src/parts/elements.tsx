// The few elements that pages are made of, on mini-programs. `elements.h5.tsx` has the same names as plain HTML: no
// custom elements there, so that headings, buttons and lists are what a screen reader expects.
import { Button, Image, Input, Text, View } from "@tarojs/components"
import type { BoxProps, FieldProps, PictureProps, PressProps, TitleProps, WordsProps } from "./element-types"

export function Page({ className = "", children }: BoxProps) {
  return <View className={`buyer ${className}`}>{children}</View>
}

export function Box({ className = "", children, label, isStatus, width }: BoxProps) {
  return (
    <View
      className={className}
      {...(width === undefined ? {} : { style: { width } })}
      {...(label === undefined ? {} : { ariaLabel: label, ariaRole: "img" })}
      {...(isStatus === true ? { ariaRole: "status", ariaLive: "polite" } : {})}
    >
      {children}
    </View>
  )
}

export function Title({ level, className = "", children }: TitleProps) {
  const heading = { ariaRole: "heading", ariaLevel: String(level) }
  return (
    <View className={`title level-${level} ${className}`} {...heading}>
      {children}
    </View>
  )
}

export function Words({ className = "", children }: WordsProps) {
  return <Text className={className}>{children}</Text>
}

export function Press(props: PressProps) {
  const { id, className = "", children, onPress, isDisabled = false, isShare = false, isOpen, isChosen } = props
  return (
    <Button
      id={id}
      {...(isOpen === undefined ? {} : { ariaExpanded: String(isOpen) })}
      {...(isChosen === undefined ? {} : { ariaRole: "radio", ariaChecked: String(isChosen) })}
      className={`press ${className}`}
      disabled={isDisabled}
      {...(isShare ? { openType: "share" as const } : {})}
      onClick={() => onPress?.()}
    >
      {children}
    </Button>
  )
}

export function Picture(props: PictureProps) {
  const { className = "", source, label, width, height, isWhole = false, isLazy = false, onFail } = props
  const style = { width: `${width}px`, height: `${height}px` }
  return (
    <Image
      className={className}
      src={source}
      mode={isWhole ? "aspectFit" : "aspectFill"}
      lazyLoad={isLazy}
      ariaLabel={label}
      style={style}
      onError={() => onFail?.()}
    />
  )
}

export function Field({ label, value, onChange }: FieldProps) {
  return (
    <Input
      className="field"
      placeholder={label}
      ariaLabel={label}
      value={value}
      onInput={(event) => onChange(String(event.detail.value))}
    />
  )
}
