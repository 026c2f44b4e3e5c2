import { useEffect, useRef, useState } from "react"

interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>
}
type DetectorClass = new (options: { readonly formats: readonly string[] }) => Detector

/** Not every browser reads codes by itself; typing always works. */
const detectorClass = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector

type ScanProps = {
  readonly label: string
  readonly onCode: (code: string) => void
  /** Nobody allowed the camera, or there is none. */
  readonly onDenied: () => void
}

export function ScanClaimCode({ label, onCode, onDenied }: ScanProps) {
  const video = useRef<HTMLVideoElement>(null)
  const [isOpen, setOpen] = useState(false)
  const heard = useRef({ onCode, onDenied })
  heard.current = { onCode, onDenied }
  useEffect(() => {
    if (!isOpen || detectorClass === undefined) return
    const detector = new detectorClass({ formats: ["qr_code"] })
    let stream: MediaStream | undefined
    let isOver = false
    const look = async () => {
      const [code] = video.current === null ? [] : await detector.detect(video.current).catch(() => [])
      if (isOver) return
      if (code === undefined) return void requestAnimationFrame(() => void look())
      setOpen(false)
      heard.current.onCode(code.rawValue)
    }
    navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).then(
      (opened) => {
        stream = opened
        if (isOver || video.current === null)
          return opened.getTracks().forEach((track) => {
            track.stop()
          })
        video.current.srcObject = opened
        void video.current.play().then(look)
      },
      () => {
        setOpen(false)
        heard.current.onDenied()
      },
    )
    return () => {
      isOver = true
      for (const track of stream?.getTracks() ?? []) track.stop()
    }
  }, [isOpen])
  if (detectorClass === undefined) return null
  return (
    <>
      {isOpen && <video ref={video} className="finder" muted playsInline />}
      <button type="button" className="secondary grow" aria-pressed={isOpen} onClick={() => setOpen(!isOpen)}>
        {label}
      </button>
    </>
  )
}
