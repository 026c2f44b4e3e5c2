/**
 * `/terminals/{id}` with its parameters and query filled in. Without URLSearchParams, which a mini-program lacks.
 * @throws RangeError for a parameter that is missing: the caller's mistake, which the types refuse too.
 */
export function requestPath(
  template: string,
  parameters: Readonly<Record<string, unknown>> = {},
  query: Readonly<Record<string, unknown>> = {},
): string {
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = parameters[name]
    if (value === undefined || value === "") throw new RangeError(`the path ${template} needs ${name}`)
    return encodeURIComponent(String(value))
  })
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
  return pairs.length === 0 ? path : `${path}?${pairs.join("&")}`
}
