// Pays from the scanned page: inside WeChat or Alipay, by their address from a phone's browser, by a code that a phone
// scans from a computer's. Without this script the page still says everything, and outside the wallets its form pays.
const form = document.getElementById("pay")
const state = document.getElementById("state")
// Whoever turned back goes again, to the same order.
form?.closest("details")?.setAttribute("open", "")

/** What the bridge says is a hint only: the gateway's word counts. */
function say(text, className) {
  state.textContent = ""
  const line = document.createElement("p")
  line.className = className
  line.textContent = text
  state.append(line)
}

function bridgeReady(name, event) {
  return window[name]
    ? Promise.resolve()
    : new Promise((resolve) => document.addEventListener(event, resolve, { once: true }))
}

/** The platform's code, for a phone to scan; the page waits for the gateway's word beside it. */
function show(image) {
  say(form.dataset.scan, "waiting large")
  const code = document.createElement("img")
  code.className = "code"
  code.alt = form.dataset.scan
  code.src = image
  state.append(code)
}

/** Resolves to what the wallet says; never, when the browser leaves for the platform's page. */
async function invoke(bridge) {
  if (bridge.kind === "native") {
    show(bridge.image)
    return "unknown"
  }
  if (bridge.kind === "redirect") {
    location.assign(bridge.url)
    return new Promise(() => {})
  }
  if (bridge.kind === "wechat-jsapi") {
    await bridgeReady("WeixinJSBridge", "WeixinJSBridgeReady")
    const { kind: _kind, ...parameters } = bridge
    return new Promise((resolve) => {
      window.WeixinJSBridge.invoke("getBrandWCPayRequest", parameters, ({ err_msg: message }) => {
        if (message === "get_brand_wcpay_request:cancel") resolve("cancelled")
        else resolve(message === "get_brand_wcpay_request:fail" ? "failed" : "unknown")
      })
    })
  }
  await bridgeReady("AlipayJSBridge", "AlipayJSBridgeReady")
  return new Promise((resolve) => {
    window.AlipayJSBridge.call("tradePay", { tradeNO: bridge.tradeNO }, ({ resultCode }) => {
      if (resultCode === "6001") resolve("cancelled")
      else resolve(resultCode === "4000" ? "failed" : "unknown")
    })
  })
}

async function readState() {
  const answer = await fetch(`${location.pathname}/state`, { headers: { accept: "application/json" } })
  if (!answer.ok) throw new Error(String(answer.status))
  return answer.json()
}

/** A hint for the seller's screen: nothing waits for it. */
function tellSeller(why) {
  const headers = { "content-type": "application/json", accept: "application/json" }
  fetch(`${location.pathname}/given-up`, { method: "POST", headers, body: JSON.stringify({ why }) }).catch(() => {})
}

let following = false

/** Asks until the gateway knows; never offers to pay twice while it does not. */
async function follow() {
  if (following) return
  following = true
  for (let delayMs = 1000; ; delayMs = Math.min(delayMs * 1.5, 10_000)) {
    try {
      const sale = await readState()
      if (sale.state === "paid") {
        const receipt = sale.receiptDigits ? ` · ${form.dataset.receipt} ${sale.receiptDigits}` : ""
        say(`✓ ${form.dataset.paid} ¥${(sale.paidFen / 100).toFixed(2)}${receipt}`, "good large")
        form.hidden = true
        return
      }
      if (sale.state === "closed") return location.reload()
    } catch {
      // A code that somebody may be scanning stays.
      if (!state.querySelector("img")) say(form.dataset.network, "waiting")
    }
    await new Promise((resolve) => setTimeout(resolve, delayMs))
  }
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault()
  const buttons = form.querySelectorAll("button")
  const platform = (event.submitter ?? buttons[0]).value
  for (const button of buttons) button.disabled = true
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ platform, method: form.dataset.method }),
    })
    if (answer.status === 401)
      return location.assign(`/buyers/login/${platform}?return=${encodeURIComponent(location.pathname)}`)
    const body = await answer.json()
    if (!answer.ok) throw new Error(body.message)
    say(form.dataset.paying, "waiting large")
    const outcome = body.bridge ? await invoke(body.bridge) : "unknown"
    // Nobody has scanned it yet, perhaps because it is the other wallet that the phone has.
    if (body.bridge?.kind === "native") for (const button of buttons) button.disabled = button === event.submitter
    if (outcome === "unknown") return await follow()
    tellSeller(outcome)
    say(form.dataset[outcome], "waiting")
  } catch (error) {
    say(`✕ ${error.message}`, "bad")
  }
  for (const button of buttons) button.disabled = false
})

// Back from the platform's page by the browser's own arrow: the page is as it was left, with its buttons asleep.
addEventListener("pageshow", (event) => event.persisted && location.reload())

if (state?.dataset.state === "paying" && form) follow()
