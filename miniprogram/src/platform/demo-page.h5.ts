/** By the plain page that stood there before, or as the gateway wrote the built one. */
export function isDemoPage(): boolean {
  return document.documentElement.dataset.demo !== undefined || document.querySelector("body > .demo") !== null
}
