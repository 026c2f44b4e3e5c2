/** Builds DOM nodes from text only: nothing that comes from elsewhere is ever read as HTML. */
export type Child = Node | string | null

type Attributes = Readonly<Record<string, string | boolean | (() => void)>>

export function element(name: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  const node = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(key, value)
    else if (typeof value === "boolean") node.toggleAttribute(key, value)
    else node.setAttribute(key, value)
  }
  for (const child of children) if (child !== null) node.append(child)
  return node
}

export function byId(id: string): HTMLElement {
  const node = document.getElementById(id)
  if (node === null) throw new Error(`the page has no #${id}`)
  return node
}

/** `¥12.30`; whole fen in, so no rounding happens here. */
export function yuan(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, "0")
  return `${fen < 0 ? "-" : ""}¥${digits.slice(0, -2)}.${digits.slice(-2)}`
}
