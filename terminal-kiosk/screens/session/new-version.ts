/** A new version is fetched beside the running one, and takes over when the seller lets it: never in a sale. */

const LOOK_EVERY_MS = 30 * 60_000

export function watchForNewVersion(onWaiting: () => void): void {
  if (!("serviceWorker" in navigator)) return
  void navigator.serviceWorker.register("/kiosk/service-worker.js", { scope: "/kiosk/" }).then((registration) => {
    const look = () => {
      // The first one of all is no news.
      if (registration.waiting !== null && navigator.serviceWorker.controller !== null) onWaiting()
    }
    look()
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", look)
    })
    setInterval(() => void registration.update().catch(() => undefined), LOOK_EVERY_MS)
  })
}

export async function letNewVersionIn(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration("/kiosk/")
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true })
  registration?.waiting?.postMessage({ type: "SKIP_WAITING" })
}
