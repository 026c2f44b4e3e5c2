/** Whether the page itself says that it is a demonstration: a program's pages say nothing. */
export function isDemoPage(): boolean {
  return false
}
