import { useLayoutEffect, useRef } from "react"
import { codeImage } from "./code-image"

type QrCodeProps = { readonly url: string; readonly label: string }

export function QrCode({ url, label }: QrCodeProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const image = codeImage(url)
  useLayoutEffect(() => {
    canvas.current?.getContext("2d")?.putImageData(image, 0, 0)
  }, [image])
  return <canvas ref={canvas} className="qr" width={image.width} height={image.height} role="img" aria-label={label} />
}
