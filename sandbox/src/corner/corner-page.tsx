/** The market corner's page as it is before its script runs; browser/main.ts fills it. */
import { colours } from "@suyuan/look/tokens"
import type { Language } from "./language"
import { Page } from "./page"
import { cornerWords } from "./words"

export function CornerPage(props: { language: Language; path: string }) {
  const words = cornerWords[props.language]
  return (
    <Page language={props.language} title={words.title} path={props.path} themeColour={colours.paper.light}>
      <main data-language={props.language}>
        <h1>{words.title}</h1>
        <p class="lead">{words.lead}</p>
        <div class="corner">
          <section class="card stall at-stall" aria-labelledby="stall-title">
            <h2 id="stall-title">{words.stallTitle}</h2>
            <div id="stall" class="stall" aria-live="polite">
              <p class="empty">{words.loading}</p>
            </div>
          </section>
          <section aria-labelledby="phone-title" class="stack at-phone">
            <h2 id="phone-title">{words.phoneTitle}</h2>
            <div class="phone">
              <div class="glass">
                <div class="bar" id="bar" />
                <div class="screen" id="screen" tabindex={-1} aria-live="polite">
                  <p class="empty">{words.loading}</p>
                </div>
              </div>
            </div>
          </section>
          <section class="card stack at-books" aria-labelledby="books-title">
            <h2 id="books-title">{words.booksTitle}</h2>
            <div id="books" class="stack" />
          </section>
          <section class="card at-faults">
            <details>
              <summary>{words.faultsTitle}</summary>
              <div id="faults" class="stack" />
            </details>
          </section>
        </div>
      </main>
      <script type="module" src="/corner.js" />
    </Page>
  )
}
