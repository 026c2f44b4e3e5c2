/** Of a picture that the gateway has, by its path there. */
export function pictureAddress(path: string): string {
  return `${GATEWAY_ORIGIN}${path}`
}
