// What a browser shows that cannot even read the pages' own scripts, instead of a white screen: in words of the language that
// was there before modules, and taken into the build as it is. The page's first script leaves a mark; without it by the time
// that all is loaded, nothing of it runs here. `WORDS` are put in by vite.config.ts.
window.addEventListener("load", () => {
  if (document.documentElement.hasAttribute("data-started")) return
  var page = document.createElement("main")
  page.className = "enrol"
  page.setAttribute("role", "alert")
  var title = page.appendChild(document.createElement("h1"))
  title.appendChild(document.createTextNode(WORDS.zh))
  var below = page.appendChild(document.createElement("p"))
  below.lang = "en"
  below.appendChild(document.createTextNode(WORDS.en))
  document.getElementById("kiosk").appendChild(page)
})
