/** Purchases that a few typed letters mean: by goods in either language, by stall name or number, by market. */
interface Named {
  readonly stall: { readonly number: string; readonly name: string; readonly site: string; readonly siteEn: string }
  readonly lines: readonly { readonly name?: string; readonly nameEn?: string }[]
}

export function findPurchases<P extends Named>(purchases: readonly P[], wanted: string): readonly P[] {
  const words = wanted.trim().toLowerCase().split(/\s+/).filter(Boolean)
  return purchases.filter(({ stall, lines }) => {
    const names = lines.flatMap(({ name = "", nameEn = "" }) => [name, nameEn])
    const text = [stall.number, stall.name, stall.site, stall.siteEn, ...names].join("\n").toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
