interface Entered {
  readonly query?: Readonly<Record<string, string | undefined>>
}
declare const my: { getEnterOptionsSync?(): Entered; getLaunchOptionsSync?(): Entered }

/** Alipay hands a code's query to the app, not to the page that the code opens. */
export function enteredShare(): string | undefined {
  return (my.getEnterOptionsSync?.() ?? my.getLaunchOptionsSync?.())?.query?.share
}
