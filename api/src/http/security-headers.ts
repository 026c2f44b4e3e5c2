import type { MiddlewareHandler } from "hono"
import { NONCE, secureHeaders } from "hono/secure-headers"
import type { Config } from "../config"
import { ServiceError } from "../errors"
import { KIOSK_PATH } from "./kiosk"
import type { HttpEnvironment } from "./router"

/** Where a pay form may end up: logging in at the platform. Browsers apply `form-action` to redirects too. */
const loginUrls = ["WECHAT_OAUTH_URL", "ALIPAY_OAUTH_URL"] as const

/** Nothing inline, nothing from elsewhere, nobody frames us. A page's own `<style>` carries the answer's nonce. */
export function securityHeaders(config: Config): MiddlewareHandler {
  const [pages, kiosk] = [pageHeaders(config), kioskHeaders(config)]
  return (c, next) => (c.req.path.startsWith(KIOSK_PATH) ? kiosk(c, next) : pages(c, next))
}

function pageHeaders(config: Config): MiddlewareHandler {
  const loginOrigins = loginUrls.map((name) => new URL(config[name]).origin)
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'", NONCE],
      styleSrc: ["'self'", NONCE],
      imgSrc: ["'self'", "data:"],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
      formAction: ["'self'", ...new Set(loginOrigins)],
    },
    referrerPolicy: "same-origin",
    strictTransportSecurity: config.SUYUAN_ENV === "production" ? "max-age=31536000; includeSubDomains" : false,
    xFrameOptions: "DENY",
  })
}

/** The terminal's own pages: one origin, the broker, a scale or printer at a port, a camera for claim codes. */
function kioskHeaders(config: Config): MiddlewareHandler {
  const broker = config.MQTT_WS_URL === undefined ? [] : [new URL(config.MQTT_WS_URL).origin]
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "data:", "blob:"],
      mediaSrc: ["'self'"],
      connectSrc: ["'self'", ...broker],
      workerSrc: ["'self'"],
      manifestSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
    permissionsPolicy: { serial: ["self"], usb: ["self"], camera: ["self"], microphone: [], geolocation: [] },
    referrerPolicy: "no-referrer",
    strictTransportSecurity: config.SUYUAN_ENV === "production" ? "max-age=31536000; includeSubDomains" : false,
    xFrameOptions: "DENY",
  })
}

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"])

/** A browser names the page that sent it; another site's page may not act with our cookie (besides `SameSite`). */
export function sameOrigin(publicUrl: string): MiddlewareHandler<HttpEnvironment> {
  const ours = new URL(publicUrl).host
  return async (c, next) => {
    const origin = c.req.header("origin")
    if (!safeMethods.has(c.req.method) && origin !== undefined && c.req.header("cookie") !== undefined) {
      const host = URL.canParse(origin) ? new URL(origin).host : undefined
      const isOurs = host !== undefined && (host === ours || host === c.req.header("host"))
      if (!isOurs) throw new ServiceError("request/forbidden")
    }
    await next()
  }
}

/** Answers are about somebody's money or goods unless a route says otherwise. */
export const notCached: MiddlewareHandler = async (c, next) => {
  await next()
  if (!c.res.headers.has("cache-control")) c.header("Cache-Control", "no-store")
}
