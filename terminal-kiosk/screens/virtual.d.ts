/** Made by vite.config.ts from the tokens of look/. */
declare module "virtual:tokens.css" {}
declare module "*.css" {}

/** First characters of the digest of what this was built from. */
declare const __KIOSK_VERSION__: string
