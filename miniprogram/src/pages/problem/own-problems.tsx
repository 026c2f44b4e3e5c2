import { problemWords } from "@suyuan/look/problem-words"
import { Box } from "../../parts/elements"
import { Mark } from "../../parts/states"
import { gateway } from "../../session/gateway"
import { useWords } from "../../session/language"
import { useAnswer } from "../../session/use-answer"

type OwnProblemsProps = { readonly purchase: { readonly terminal: string; readonly counter: number } }

const askProblems = () => gateway.get("/buyers/problems")

/** What was reported of this purchase, and what the market's office answered. */
export function OwnProblems({ purchase }: OwnProblemsProps) {
  const { language, say } = useWords()
  const [asked] = useAnswer(askProblems)
  if (asked.at !== "there") return null
  const own = asked.value.problems.filter(
    ({ terminal, counter }) => terminal === purchase.terminal && counter === purchase.counter,
  )
  return (
    <>
      {own.map((problem) => (
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
