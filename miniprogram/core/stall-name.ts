type Stall = { readonly name: string; readonly number: string }

/** A stall's name and number; once where the name says the number already. */
export function stallName({ name, number }: Stall): string {
  return hasNumber({ name, number }) ? name : `${name} ${number}`
}

export function hasNumber({ name, number }: Stall): boolean {
  return number === "" || name.includes(number)
}
