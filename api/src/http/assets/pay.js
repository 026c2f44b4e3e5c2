// Pays from the scanned page inside WeChat or Alipay. Without this script the page still says everything; it cannot pay.
const form = document.getElementById("pay")
const state = document.getElementById("state")

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

async function invoke(bridge) {
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

/** Asks until the gateway knows; never offers to pay twice while it does not. */
async function follow() {
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
      say(form.dataset.network, "waiting")
    }
    await new Promise((resolve) => setTimeout(resolve, delayMs))
  }
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault()
  const button = form.querySelector("button")
  button.disabled = true
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ platform: new FormData(form).get("platform") }),
    })
    if (answer.status === 401)
      return location.assign(
        `/buyers/login/${new FormData(form).get("platform")}?return=${encodeURIComponent(location.pathname)}`,
      )
    const body = await answer.json()
    if (!answer.ok) throw new Error(body.message)
    say(form.dataset.paying, "waiting large")
    const outcome = body.bridge ? await invoke(body.bridge) : "unknown"
    if (outcome === "unknown") return await follow()
    say(form.dataset[outcome], "waiting")
  } catch (error) {
    say(`✕ ${error.message}`, "bad")
  }
  button.disabled = false
})

if (state?.dataset.state === "paying" && form) follow()
