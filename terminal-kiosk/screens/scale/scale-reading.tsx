/** Until a scale is connected there is nothing to read. */
export function ScaleReading(_: { readonly onTake: (grams: number) => void }) {
  return null
}
