/** The page's own address. */
export function readBindCode(): string | undefined {
  const [, digits] = /^\/b\/([0-9]{1,250})$/.exec(location.pathname) ?? []
  return digits
}
