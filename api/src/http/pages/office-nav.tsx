import { alarmPageWords } from "@suyuan/look/alarm-words"
import { balancePageWords } from "@suyuan/look/balance-page-words"
import { namePageWords, proposalPageWords } from "@suyuan/look/inbox-page-words"
import { merchantPageWords, payeePageWords } from "@suyuan/look/merchant-page-words"
import { officeNavWords } from "@suyuan/look/office-nav-words"
import { problemPageWords } from "@suyuan/look/problem-words"
import { recallPageWords } from "@suyuan/look/recall-page-words"
import { officeWords } from "@suyuan/look/reconciliation-words"
import { testPageWords } from "@suyuan/look/test-page-words"
import type { FC } from "hono/jsx"
import type { Scope } from "../../actor"
import { type PageFrame, withLanguage } from "./office-frame"

type OfficeRoot = {
  readonly path: string
  readonly words: { readonly zh: string; readonly en: string }
  /** Any of them opens it. */
  readonly scopes: readonly Scope[]
}

/** The most urgent first: a token's first page is where signing in leads. */
const roots: readonly OfficeRoot[] = [
  { path: "/office/recalls", words: recallPageWords.recalls, scopes: ["recalls:read"] },
  { path: "/office/tests", words: testPageWords.tests, scopes: ["inspections:write", "traces:read"] },
  { path: "/office/alarms", words: alarmPageWords.alarms, scopes: ["alarms:read"] },
  { path: "/office/problems", words: problemPageWords.problems, scopes: ["problems:read"] },
  { path: "/office/balance", words: balancePageWords.balance, scopes: ["traces:read"] },
  { path: "/office/reconciliations", words: officeWords.reconciliations, scopes: ["payments:read"] },
  { path: "/office/merchants", words: merchantPageWords.merchants, scopes: ["merchants:write", "terminals:write"] },
  { path: "/office/payee-changes", words: payeePageWords.changes, scopes: ["merchants:write"] },
  { path: "/office/wallets", words: proposalPageWords.proposals, scopes: ["merchants:write"] },
  { path: "/office/names", words: namePageWords.names, scopes: ["catalogue:write"] },
]

/** Pages that a token with these scopes may open. */
export function officeRoots(scopes: readonly Scope[]): readonly OfficeRoot[] {
  return roots.filter((root) => root.scopes.some((scope) => scopes.includes(scope)))
}

/** The same on every page, and nothing that would be refused. */
export const OfficeNav: FC<{ frame: PageFrame }> = ({ frame: { language, path, scopes = [] } }) => (
  <nav class="office" aria-label={officeNavWords.pages[language]}>
    {officeRoots(scopes).map((root) => {
      const isHere = path === root.path || path.startsWith(`${root.path}/`) || path.startsWith(`${root.path}?`)
      return (
        <a href={withLanguage(root.path, language)} {...(isHere && { "aria-current": "page" })}>
          {root.words[language]}
        </a>
      )
    })}
  </nav>
)
