import { expect } from "bun:test"
import { checkIdentities, type Witnesses } from "../../scripts/soak/identities"

/** The same after every row: no sale lost, none doubled, the money adds up, one record a sale, one batch a record. */
export async function expectIdentities(witnesses: Witnesses): Promise<void> {
  const broken = (await checkIdentities(witnesses)).filter(({ holds }) => !holds)
  expect(broken.map(({ name, detail }) => `${name}: ${detail}`)).toEqual([])
}
