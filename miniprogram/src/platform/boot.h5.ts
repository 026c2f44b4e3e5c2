import "../styles/browser.css"

// Which page an address of the gateway opens: pages are told apart behind the hash, addresses stay as they were shared.
if (location.hash === "") {
  const [, share] = /^\/t\/([0-9A-Za-z]+)$/.exec(location.pathname) ?? []
  if (share !== undefined) history.replaceState(null, "", `#/pages/trace/index?share=${share}`)
  else if (location.pathname.startsWith("/b/")) history.replaceState(null, "", "#/pages/bind/index")
  else if (location.pathname === "/m/") history.replaceState(null, "", "#/pages/mine/index")
}

// Back from the platform's page by the browser's own arrow: the page is as it was left, with its buttons asleep.
addEventListener("pageshow", (event) => event.persisted && location.reload())
