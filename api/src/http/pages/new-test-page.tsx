import type { TestPageWord } from "@suyuan/look/test-page-words"
import { RAPID_TEST_STANDARDS } from "@suyuan/protocol/inspection/standards"
import type { Child, FC } from "hono/jsx"
import type { GoodsName } from "../../catalogue/read-catalogue"
import type { StallName } from "../../merchants/name-stalls"
import type { ChosenSite } from "../office-sites"
import { OfficePage, type PageFrame, withLanguage } from "./office-page"
import { AskedForm, GoodsSelect, Refused, SiteSelect, sayPart } from "./office-parts"
import { sayTest, testsRoot } from "./test-pages"

/** What somebody wrote so far, by the fields' names. */
export type TestGiven = Readonly<Partial<Record<TestField | OwnField, string>>>
type OwnField = "id" | "merchantId" | "commodity" | "retestOf" | "photoHash"

/** Fields of text with the words over them. */
export const testFields = {
  lotId: "lot",
  sampleNumber: "sample",
  sampledAt: "sampledAt",
  testedAt: "testedAt",
  standard: "standard",
  otherStandard: "otherStandard",
  otherMethod: "method",
  otherLimit: "limitPercent",
  figure: "figure",
  instrument: "instrument",
  testerRole: "tester",
  channel: "channel",
  reviewerRole: "reviewer",
} as const satisfies Record<string, TestPageWord>
export type TestField = keyof typeof testFields

type NewTestProps = ChosenSite & {
  readonly frame: PageFrame
  readonly stalls: readonly StallName[]
  readonly goods: ReadonlyMap<number, GoodsName>
  readonly given: TestGiven
  /** Sample number of the test that it repeats. */
  readonly repeats: string | undefined
  /** Why it was not taken. */
  readonly refused: string | undefined
  readonly isPhotoLost: boolean
}

/** One form for a sample; whatever was wrong with it, what was written stands in it again. */
export const NewTestPage: FC<NewTestProps> = (props) => {
  const { frame, sites, site, stalls, given, repeats, refused, isPhotoLost } = props
  const { language } = frame
  const say = sayTest(language)
  return (
    <OfficePage frame={frame} title={say(repeats === undefined ? "new" : "retest")} isSignedIn>
      <nav>
        <a href={withLanguage(site ? `${testsRoot}?siteId=${site.id}` : testsRoot, language)}>{say("tests")}</a>
      </nav>
      {refused !== undefined && (
        <Refused>
          {refused} {isPhotoLost && say("photoLost")}
        </Refused>
      )}
      {repeats !== undefined && (
        <p>
          {say("isRetest")}
          {language === "zh" ? "" : " "}
          {repeats}
        </p>
      )}
      {site === undefined && <p class="soft">{sayPart(language)("noSite")}</p>}
      {given.retestOf === undefined && sites.length > 1 && (
        <AskedForm path={`${testsRoot}/new`} language={language}>
          <SiteSelect {...{ sites, language, siteId: site?.id }} />
        </AskedForm>
      )}
      {site !== undefined && stalls.length === 0 && <p class="waiting">{say("noStalls")}</p>}
      {site !== undefined && stalls.length > 0 && <TestForm {...props} siteId={site.id} />}
    </OfficePage>
  )
}

const TestForm: FC<NewTestProps & { readonly siteId: string }> = ({ frame, siteId, stalls, goods, given }) => {
  const { language } = frame
  const say = sayTest(language)
  const input = (name: TestField, more: Record<string, unknown>): Child => (
    <label>
      {say(testFields[name])}
      <input type="text" name={name} value={given[name] ?? ""} autocomplete="off" {...more} />
    </label>
  )
  const hidden = { id: given.id, siteId, retestOf: given.retestOf, photoHash: given.photoHash }
  const figure = { inputmode: "decimal", maxlength: 5, pattern: "[0-9]{1,3}([.][0-9])?" }
  return (
    <form method="post" action={withLanguage(testsRoot, language)} enctype="multipart/form-data" class="ask">
      {Object.entries(hidden).map(([name, value]) => value && <input type="hidden" name={name} value={value} />)}
      <label>
        {sayPart(language)("stall")}
        <select name="merchantId" required>
          <option value="" />
          {stalls.map((stall) => (
            <option value={stall.id} selected={stall.id === given.merchantId}>
              {stall.stallNumber} {stall.name}
            </option>
          ))}
        </select>
      </label>
      <GoodsSelect {...{ goods: goods.values(), code: given.commodity, language }} />
      {input("sampleNumber", { required: true, maxlength: 32 })}
      <label class="wide">
        {say("lot")}
        <input type="text" name="lotId" value={given.lotId ?? ""} maxlength={36} autocomplete="off" />
        <span>{say("lotHint")}</span>
      </label>
      {input("sampledAt", { type: "datetime-local", required: true })}
      {input("testedAt", { type: "datetime-local", required: true })}
      <label>
        {say("standard")}
        <select name="standard">
          {RAPID_TEST_STANDARDS.map(({ name, method, limitPermille }) => (
            <option value={name} selected={name === given.standard}>
              {name} · {method} · {say("limit")} {limitPermille / 10}%
            </option>
          ))}
          <option value="other" selected={given.standard === "other"}>
            {say("otherStandard")}
          </option>
        </select>
      </label>
      {input("figure", { required: true, ...figure })}
      <p class="soft wide">{say("concluded")}</p>
      <details class="wide" open={given.standard === "other"}>
        <summary>{say("otherStandard")}</summary>
        <p class="soft">{say("otherHint")}</p>
        <div class="ask">
          {input("otherStandard", { maxlength: 32 })}
          {input("otherMethod", { maxlength: 32 })}
          {input("otherLimit", figure)}
        </div>
      </details>
      {input("instrument", { required: true, maxlength: 32 })}
      {input("testerRole", { required: true, maxlength: 32 })}
      {input("channel", { maxlength: 16 })}
      {input("reviewerRole", { maxlength: 32 })}
      {given.photoHash === undefined ? (
        <label class="wide">
          {say("photo")}
          <input type="file" name="photo" accept="image/jpeg,image/png" />
        </label>
      ) : (
        <p class="wide good">{say("photoKept")}</p>
      )}
      <p class="soft wide">{say("whatFollows")}</p>
      <button type="submit">{say("send")}</button>
    </form>
  )
}
