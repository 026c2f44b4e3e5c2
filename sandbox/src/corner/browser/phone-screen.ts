/** The right side: one phone. It shows what the sandbox says of it, and sends it what is pressed. */
import type { PhoneApp, PhoneView } from "../phone"
import type { CornerWords } from "../words"
import { ask } from "./ask"
import { byId, element } from "./element"
import {
  confirmingScreen,
  doneScreen,
  errorScreen,
  homeScreen,
  type PhoneActions,
  saleScreen,
  sheetScreen,
  walletScreen,
} from "./phone-screens"

const refreshEveryMs = 1000
const apps: readonly PhoneApp[] = ["wechat", "alipay", "browser"]

interface BuyerList {
  readonly buyers: readonly { id: number; name: string }[]
}

export class PhoneScreen {
  readonly #words: CornerWords
  readonly #id = phoneId()
  readonly #codeUrl: () => string | undefined
  #app: PhoneApp = "wechat"
  #view: PhoneView | undefined
  #buyers: BuyerList["buyers"] = []
  #showsOriginal = false
  onPaid: () => void = () => {}

  constructor(words: CornerWords, codeUrl: () => string | undefined) {
    this.#words = words
    this.#codeUrl = codeUrl
  }

  async start(): Promise<void> {
    await this.#loadBuyers()
    if (this.#buyers.length === 0) await this.#addBuyer()
    this.draw()
  }

  codeChanged(): void {
    if (this.#view === undefined) this.draw()
  }

  draw(): void {
    this.#drawBar()
    const screen = this.#current()
    byId("screen").replaceChildren(...screen)
  }

  #actions(): PhoneActions {
    return {
      scan: () => void this.#scan(),
      login: (buyer) => void this.#send("login", { buyer }),
      newBuyer: () => void this.#addBuyer().then(() => this.draw()),
      pay: (platform) => void this.#send("pay", platform === undefined ? {} : { platform }),
      confirm: (decision) => void this.#send("confirm", { decision }),
      choose: (app) => {
        this.#app = app
        this.#view = undefined
        this.#showsOriginal = false
        this.draw()
      },
      showOriginal: (shown) => {
        this.#showsOriginal = shown
        this.draw()
      },
    }
  }

  #current(): Node[] {
    const words = this.#words
    const actions = this.#actions()
    const view = this.#view
    const common = { words, actions, buyers: this.#buyers }
    if (view === undefined)
      return homeScreen({ ...common, app: this.#app, apps, canScan: this.#codeUrl() !== undefined })
    if (this.#showsOriginal) return this.#original(actions)
    if (view.error !== null) return errorScreen({ ...common, view })
    const sale = view.sale
    if (sale === null) return homeScreen({ ...common, app: this.#app, apps, canScan: this.#codeUrl() !== undefined })
    if (sale.state === "paid") return doneScreen({ ...common, view, sale })
    if (view.wallet?.result === "paid") return confirmingScreen({ ...common, view, sale })
    if (view.wallet !== null) return walletScreen({ ...common, view, sale })
    if (view.sheet !== null || view.sheetRefusal !== null) return sheetScreen({ ...common, view, sale })
    return saleScreen({ ...common, view, sale })
  }

  #original(actions: PhoneActions): Node[] {
    return [
      element("button", { type: "button", click: () => actions.showOriginal(false) }, this.#words.backToApp),
      element("iframe", { title: this.#words.original, src: `/sandbox/phone/${this.#id}/page`, sandbox: "" }),
    ]
  }

  #drawBar(): void {
    const buyer = this.#view?.buyer
    const left = element("strong", {}, this.#words[this.#app])
    byId("bar").replaceChildren(
      left,
      element("span", {}, buyer ? this.#words.loggedInAs + buyer.name : this.#words.demoMark),
    )
  }

  #busy(text: string): void {
    byId("screen").replaceChildren(element("p", { class: "empty", "aria-busy": "true" }, text))
  }

  async #scan(): Promise<void> {
    const url = this.#codeUrl()
    if (url === undefined) return
    this.#busy(this.#words.loading)
    await this.#send("open", { app: this.#app, url }, true)
  }

  async #send(path: string, body: Record<string, unknown>, quiet = false): Promise<void> {
    if (!quiet) this.#busy(this.#words.working)
    const view = await ask<PhoneView>("POST", `/sandbox/phone/${this.#id}/${path}`, body)
    this.#take(view)
    byId("screen").focus({ preventScroll: true })
  }

  #take(view: PhoneView | undefined): void {
    const last = this.#view ?? {
      app: this.#app,
      buyer: null,
      sale: null,
      sheet: null,
      sheetRefusal: null,
      wallet: null,
    }
    this.#view = view ?? { ...last, error: { words: this.#words.errors["sandbox-away"] ?? "" } }
    this.draw()
    if (this.#view.sale?.state === "paid") this.onPaid()
    const waits = this.#view.error === null && this.#view.wallet?.result === "paid" && this.#view.sale?.state !== "paid"
    if (waits) setTimeout(() => void this.#refresh(), refreshEveryMs)
  }

  /** Waits for the gateway's word without taking the focus away. */
  async #refresh(): Promise<void> {
    this.#take(await ask<PhoneView>("POST", `/sandbox/phone/${this.#id}/refresh`, {}))
  }

  async #loadBuyers(): Promise<void> {
    this.#buyers = (await ask<BuyerList>("GET", "/sandbox/buyers"))?.buyers ?? []
  }

  async #addBuyer(): Promise<void> {
    await ask("POST", "/sandbox/buyers", { name: `${this.#words.buyer} ${this.#buyers.length + 1}` })
    await this.#loadBuyers()
  }
}

/** One phone per browser tab, kept over a reload. */
function phoneId(): string {
  const kept = sessionStorage.getItem("phone")
  if (kept !== null) return kept
  const made = crypto.randomUUID()
  sessionStorage.setItem("phone", made)
  return made
}
