import { z } from "zod"

export type SettingHelp = { readonly meaning: string; readonly example: string; readonly secret?: boolean }

export const settingHelp = new Map<string, SettingHelp>()

/** One setting: what it means, a value that would do, and what is accepted. */
export function setting<S extends z.ZodType>(name: string, help: SettingHelp, schema: S): S {
  settingHelp.set(name, help)
  return schema
}

export const port = z.coerce.number().int().min(1).max(65_535)
export const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/$/, ""))
export const file = z.string().min(1)
