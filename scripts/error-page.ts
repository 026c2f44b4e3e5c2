import { errorWords } from "@suyuan/look/errors"

/** docs/errors.md: every closed code with its status and its sentence in each language. */
export function errorPage(): string {
  const groups = Map.groupBy(Object.entries(errorWords), ([code]) => code.slice(0, code.indexOf("/")))
  const sections = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, entries]) => {
      const rows = entries.map(([code, { status, zh, en }]) => `| \`${code}\` | ${status} | ${zh} | ${en} |`)
      return [`## ${group}`, "", "| code | status | 中文 | English |", "|---|---|---|---|", ...rows.sort(), ""].join(
        "\n",
      )
    })
  return [
    "# Errors",
    "",
    "Every refusal has a closed code, the HTTP status it comes with, and one sentence in each language. The body is",
    '`{"code", "message", "field"?, "expected"?}`; `message` follows `Accept-Language`. A terminal meets the same codes in',
    "its acknowledgements. A time-out is none of these: it is unknown, and repeating the call is safe.",
    "",
    "Written by `bun scripts/write-errors.ts` from `look/src/errors/`; a test fails when the two differ.",
    "",
    ...sections,
  ].join("\n")
}
