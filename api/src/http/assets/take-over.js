// The built pages begin when the plain page is on the screen: it can be read while they wake up.
const { styles, scripts } = document.currentScript.dataset
const FRAME_MS_MAX = 500

function add(name, attributes) {
  const element = Object.assign(document.createElement(name), attributes)
  return new Promise((resolve) => {
    element.onload = resolve
    element.onerror = resolve
    document.head.append(element)
  })
}

let hasBegun = false
async function begin() {
  if (hasBegun) return
  hasBegun = true
  await Promise.all(styles.split(" ").map((href) => add("link", { rel: "stylesheet", href })))
  // In their order, each when it is there.
  for (const src of scripts.split(" ")) add("script", { src, async: false })
}

requestAnimationFrame(() => setTimeout(begin))
// A page that nobody looks at has no frames.
setTimeout(begin, FRAME_MS_MAX)
