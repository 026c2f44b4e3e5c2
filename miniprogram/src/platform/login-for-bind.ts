/** Leaves for the platform's login, where a browser of a wallet can; false: nobody can be known here. */
export function loginForBind(_digits: string): boolean {
  return false
}
