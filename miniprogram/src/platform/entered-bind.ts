/** A bind code that the program itself was opened with: Alipay tells the program, not the page. */
export function noteEnteredBind(_query: Readonly<Record<string, string | undefined>>): void {}

/** Whether one waits for its page; WeChat opens the bind page itself, a browser has the code in the address. */
export function hasEnteredBind(): boolean {
  return false
}

/** Its digits, once. */
export function takeEnteredBind(): string | undefined {
  return undefined
}
