import { expect, test } from "bun:test"
import { holdBasket, listHeld, recallBasket } from "@suyuan/terminal-kiosk/basket/hold-basket"
import { cabbage, openStockedStall } from "../headless-terminal"

test("a held basket comes back as it was, once", async () => {
  const { terminal } = await openStockedStall()
  const basket = { ...cabbage(), askedFen: 800 }
  await holdBasket(terminal, basket)
  expect(await listHeld(terminal)).toMatchObject([{ basket }])
  expect(await recallBasket(terminal, basket.id)).toEqual(basket)
  expect(await recallBasket(terminal, basket.id)).toBeUndefined()
  expect(await listHeld(terminal)).toEqual([])
})
