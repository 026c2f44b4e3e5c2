import { changeSettings } from "../../src/settings/settings"
import type { SettingsRow } from "../../src/store/rows"
import type { Kiosk } from "./kiosk"

/** The owner's choices, kept before the screen follows. */
export async function choose(kiosk: Kiosk, changes: Partial<SettingsRow>): Promise<void> {
  const settings = await kiosk.attempt(() => changeSettings(kiosk.terminal, changes))
  if (settings !== undefined) kiosk.state.set({ settings })
}

export function changeWeightUnit(kiosk: Kiosk, weightUnit: SettingsRow["weightUnit"]): Promise<void> {
  return choose(kiosk, { weightUnit })
}
