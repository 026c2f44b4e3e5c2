import { useState } from "react"

type StallPictureProps = { readonly path: string; readonly className: string }

/** Of no meaning for the sale: where it does not load, it is not there. */
export function StallPicture({ path, className }: StallPictureProps) {
  const [missing, setMissing] = useState("")
  if (path === "" || path === missing) return null
  return <img className={className} src={path} alt="" onError={() => setMissing(path)} />
}
