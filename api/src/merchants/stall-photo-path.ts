import type { Merchant } from "./add-merchant"

/** Where a stall's photo is, under the gateway's own address. It names the bytes, so that it can be kept for ever. */
export function stallPhotoPath({ photo }: Pick<Merchant, "photo">): string | null {
  return photo === null ? null : `/stall-photos/${photo}`
}
