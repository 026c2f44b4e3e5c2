import { type ProblemWord, problemWords } from "@suyuan/look/problem-words"
import { useEffect, useMemo } from "react"
import { Box } from "../../parts/elements"
import { Mark } from "../../parts/states"
import { gateway } from "../../session/gateway"
import { useWords } from "../../session/language"
import { useAnswer } from "../../session/use-answer"

type OwnProblemsProps = {
  readonly purchase: { readonly terminal: string; readonly counter: number }
  /** Each kind is reported once: what is not offered again. */
  readonly onKnown: (kinds: readonly ProblemWord[]) => void
}

const askProblems = () => gateway.get("/buyers/problems")

/** What was reported of this purchase, and what the market's office answered. */
export function OwnProblems({ purchase, onKnown }: OwnProblemsProps) {
  const { language, say } = useWords()
  const [asked] = useAnswer(askProblems)
  const { terminal, counter } = purchase
  const own = useMemo(() => {
    const all = asked.at === "there" ? asked.value.problems : []
    return all.filter((one) => one.terminal === terminal && one.counter === counter)
  }, [asked, terminal, counter])
  useEffect(() => onKnown(own.map(({ kind }) => kind)), [own, onKnown])
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
