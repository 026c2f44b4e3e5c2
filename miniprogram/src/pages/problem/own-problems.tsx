import type { AnswerOf } from "@suyuan/client/client"
import { problemWords } from "@suyuan/look/problem-words"
import { Box } from "../../parts/elements"
import { Mark } from "../../parts/states"
import { useWords } from "../../session/language"

type OwnProblemsProps = { readonly problems: AnswerOf<"/buyers/problems", "get">["problems"] }

/** What was reported of this purchase, and what the market's office answered. */
export function OwnProblems({ problems }: OwnProblemsProps) {
  const { language, say } = useWords()
  return (
    <>
      {problems.map((problem) => (
        <Box key={problem.id} className="line">
          <Mark shape={problem.state === "answered" ? "paid" : "waiting"}>
            {say("reported")} {problemWords[problem.kind][language]}
            {problem.photos.length > 0 && ` · ${say("withPhotos")} ${problem.photos.length}`}
            {problem.state === "open" && ` · ${say("waitsForAnswer")}`}
          </Mark>
          {problem.said !== "" && <Box className="soft">{problem.said}</Box>}
          {problem.answer !== undefined && (
            <Box>
              {say("officeAnswers")} {problem.answer}
            </Box>
          )}
        </Box>
      ))}
    </>
  )
}
