/** A share that the program was entered with and that is no parameter of its page. */
export function enteredShare(): string | undefined {
  return undefined
}
