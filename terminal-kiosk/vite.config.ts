// The tablet's pages: two entries (terminal, customer display) and a service worker, for the gateway to serve at
// /kiosk/. Nothing inline and nothing from elsewhere, so that the policy of api/src/http/kiosk.ts holds.
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { terminalWords } from "@suyuan/look/terminal-words"
import { css } from "@suyuan/look/tokens"
import react from "@vitejs/plugin-react"
import { defineConfig, type Plugin } from "vite"
import { VitePWA } from "vite-plugin-pwa"

const screens = resolve(import.meta.dirname, "screens")

/** The design tokens as a style sheet: they are made by the same function as the phone pages'. */
function tokenSheet(): Plugin {
  const name = "virtual:tokens.css"
  return {
    name: "suyuan-tokens",
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load: (id) => (id === `\0${name}` ? css() : undefined),
  }
}

/** Beside the pages' scripts, and readable where they are not. */
function tooOldPage(): Plugin {
  const fileName = "too-old.js"
  return {
    name: "suyuan-too-old",
    generateBundle() {
      const words = JSON.stringify(terminalWords.browserTooOld)
      const source = `var WORDS = ${words}\n${readFileSync(resolve(screens, fileName), "utf8")}`
      this.emitFile({ type: "asset", fileName, source })
    },
    transformIndexHtml: () => [{ tag: "script", attrs: { src: `/kiosk/${fileName}` }, injectTo: "body" }],
  }
}

export default defineConfig({
  root: screens,
  base: "/kiosk/",
  publicDir: resolve(screens, "public"),
  clearScreen: false,
  logLevel: "warn",
  define: { __KIOSK_VERSION__: JSON.stringify(process.env.KIOSK_VERSION ?? "development") },
  build: {
    outDir: process.env.KIOSK_OUT ?? resolve(import.meta.dirname, "dist"),
    emptyOutDir: true,
    // The oldest that docs/terminal.md promises; tests/terminal-kiosk/browser/old-browser.test.ts sells in one.
    target: "chrome119",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { index: resolve(screens, "index.html"), display: resolve(screens, "display.html") } },
  },
  plugins: [
    tokenSheet(),
    tooOldPage(),
    react(),
    VitePWA({
      strategies: "generateSW",
      // A new version waits until no sale is on the screen; screens/session/new-version.ts lets it in.
      registerType: "prompt",
      injectRegister: false,
      filename: "service-worker.js",
      workbox: {
        globPatterns: ["**/*.{html,js,css,svg,woff2,mp3}"],
        navigateFallback: "/kiosk/index.html",
        navigateFallbackAllowlist: [/^\/kiosk\/(?!display)/],
        ignoreURLParametersMatching: [/.*/],
        // Named by their content: the customer's screen has the stall's without a network.
        runtimeCaching: [
          {
            urlPattern: /\/stall-photos\/[0-9a-f]{64}$/,
            handler: "CacheFirst",
            options: { cacheName: "stall-photos", expiration: { maxEntries: 4 } },
          },
        ],
        cleanupOutdatedCaches: true,
        clientsClaim: true,
      },
      manifest: {
        id: "/kiosk/",
        name: "溯源收银终端",
        short_name: "溯源收银",
        lang: "zh-CN",
        start_url: "/kiosk/",
        scope: "/kiosk/",
        display: "fullscreen",
        orientation: "any",
        background_color: "#FBFAF5",
        theme_color: "#2E7D46",
        icons: [
          { src: "icon.svg", sizes: "any", type: "image/svg+xml", purpose: "any" },
          { src: "icon-maskable.svg", sizes: "any", type: "image/svg+xml", purpose: "maskable" },
        ],
      },
    }),
  ],
})
