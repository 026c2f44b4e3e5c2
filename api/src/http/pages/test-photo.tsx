import type { FC } from "hono/jsx"
import type { InspectionDescription } from "../../trace/read-inspections"

/** What the inspector photographed, small; all of it one tap away. Without a script too. */
export const TestPhoto: FC<{ test: InspectionDescription; label: string }> = ({ test, label }) =>
  test.photo === undefined ? null : (
    <a class="test-photo" href={test.photo}>
      <img loading="lazy" src={test.photo} width="96" height="72" alt={`${label} ${test.testedAt.slice(0, 10)}`} />
    </a>
  )
