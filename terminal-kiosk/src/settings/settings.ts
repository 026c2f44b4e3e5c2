import { type SettingsRow, THE_ONE } from "../store/rows"
import type { Terminal } from "../terminal"

export const FIRST_SETTINGS: SettingsRow = {
  language: "zh",
  largeText: false,
  weightUnit: "jin",
  voice: true,
  scale: "none",
}

export async function readSettings({ store }: Pick<Terminal, "store">): Promise<SettingsRow> {
  return (await store.get("settings", THE_ONE)) ?? FIRST_SETTINGS
}

export function changeSettings(terminal: Terminal, changes: Partial<SettingsRow>): Promise<SettingsRow> {
  return terminal.inTurn(async () => {
    const row = { ...(await readSettings(terminal)), ...changes }
    await terminal.store.commit([{ table: "settings", change: "put", key: THE_ONE, row }])
    return row
  })
}
