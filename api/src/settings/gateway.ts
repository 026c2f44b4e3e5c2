import { DEVELOPMENT_NETWORK_ID } from "@suyuan/protocol/network"
import { z } from "zod"
import { file, httpUrl, port, setting } from "./setting"

/** The process itself, its database and its broker. */
export const gatewaySettings = {
  SUYUAN_ENV: setting(
    "SUYUAN_ENV",
    {
      meaning:
        "production refuses other payment platforms than the real ones, plain-text transports and what is for development only",
      example: "production",
    },
    z.enum(["development", "production"]).default("development"),
  ),
  SUYUAN_DATA_DIR: setting(
    "SUYUAN_DATA_DIR",
    { meaning: "where embedded engines and keys live", example: "/var/lib/suyuan" },
    file.default(".suyuan"),
  ),
  GATEWAY_HOST: setting(
    "GATEWAY_HOST",
    { meaning: "address to bind; another than loopback in development warns", example: "127.0.0.1" },
    z.string().min(1).default("127.0.0.1"),
  ),
  GATEWAY_PORT: setting("GATEWAY_PORT", { meaning: "port of the gateway", example: "8720" }, port.default(8720)),
  GATEWAY_PUBLIC_URL: setting(
    "GATEWAY_PUBLIC_URL",
    { meaning: "origin that pay codes and notifications name", example: "https://s.example.cn" },
    httpUrl.default("http://127.0.0.1:8720"),
  ),
  GATEWAY_PROXY_HOPS: setting(
    "GATEWAY_PROXY_HOPS",
    {
      meaning: "reverse proxies in front that append to X-Forwarded-For; 0 believes only the socket",
      example: "1",
    },
    z.coerce.number().int().min(0).max(8).default(0),
  ),
  GATEWAY_REGION: setting(
    "GATEWAY_REGION",
    { meaning: "first byte of the terminal ids that this gateway gives; no two gateways share one", example: "1" },
    z.coerce.number().int().min(0).max(255).default(1),
  ),
  GATEWAY_LEASE_SECONDS: setting(
    "GATEWAY_LEASE_SECONDS",
    {
      meaning: "how long a duty (a shard's ear, a log's sealer, a message on its way) stays with a gateway that died",
      example: "10",
    },
    z.coerce.number().int().min(1).max(300).default(10),
  ),
  GATEWAY_LOG_LEVEL: setting(
    "GATEWAY_LOG_LEVEL",
    { meaning: "least severe line that is logged", example: "info" },
    z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  ),
  GATEWAY_MASTER_KEY_FILE: setting(
    "GATEWAY_MASTER_KEY_FILE",
    {
      meaning: "file with 64 hex characters from which receipt, pseudonym, alias and audience keys derive",
      example: "/run/secrets/gateway-master",
      secret: true,
    },
    file,
  ),
  GATEWAY_KIOSK_DIR: setting(
    "GATEWAY_KIOSK_DIR",
    {
      meaning: "folder of the built terminal, served at /kiosk/; without it there is none",
      example: "/srv/suyuan/kiosk",
    },
    file.optional(),
  ),
  GATEWAY_BUYER_DIR: setting(
    "GATEWAY_BUYER_DIR",
    {
      meaning: "folder of the built buyer's pages, served at /m/; without it the plain pages stand alone",
      example: "/srv/suyuan/buyer",
    },
    file.optional(),
  ),
  NETWORK_ID: setting(
    "NETWORK_ID",
    { meaning: "u32 that follows every domain tag; a development code is never a production one", example: "1" },
    z.coerce.number().int().min(1).max(0xffff_ffff).default(DEVELOPMENT_NETWORK_ID),
  ),
  DATABASE_URL: setting(
    "DATABASE_URL",
    {
      meaning: "PostgreSQL; embedded when not given to npm start",
      example: "postgres://gateway@db/suyuan",
      secret: true,
    },
    z.url({ protocol: /^postgres(ql)?$/ }),
  ),
  DATABASE_POOL: setting(
    "DATABASE_POOL",
    { meaning: "connections of this process", example: "20" },
    z.coerce.number().int().min(2).max(200).default(20),
  ),
  DATABASE_QUESTIONS_POOL: setting(
    "DATABASE_QUESTIONS_POOL",
    { meaning: "connections of this process for scans, traces and recalls, beside the others", example: "6" },
    z.coerce.number().int().min(1).max(100).default(6),
  ),
  DATABASE_SETTLEMENTS_POOL: setting(
    "DATABASE_SETTLEMENTS_POOL",
    { meaning: "connections of this process for payments and refunds, beside the others", example: "10" },
    z.coerce.number().int().min(1).max(200).default(10),
  ),
  DATABASE_DUTIES_POOL: setting(
    "DATABASE_DUTIES_POOL",
    { meaning: "connections of this process for looking what is due, beside the others", example: "2" },
    z.coerce.number().int().min(1).max(20).default(2),
  ),
  MQTT_URL: setting(
    "MQTT_URL",
    {
      meaning: "MQTT 3.1.1 broker that checks JWT passwords; embedded when not given to npm start",
      example: "mqtts://broker:8883",
    },
    z.url({ protocol: /^mqtts?$/ }),
  ),
  MQTT_WS_URL: setting(
    "MQTT_WS_URL",
    { meaning: "the same broker for browsers", example: "wss://broker/mqtt" },
    z.url({ protocol: /^wss?$/ }).optional(),
  ),
  MQTT_TOKEN_SECRET_FILE: setting(
    "MQTT_TOKEN_SECRET_FILE",
    { meaning: "file with the HS256 secret that broker and gateway share", example: "/run/secrets/mqtt", secret: true },
    file,
  ),
  ADMIN_TOKEN_FILE: setting(
    "ADMIN_TOKEN_FILE",
    {
      meaning: "development only: file with the first operator's token",
      example: ".suyuan/keys/admin-token",
      secret: true,
    },
    file.optional(),
  ),
  REQUESTS_PER_MINUTE: setting(
    "REQUESTS_PER_MINUTE",
    {
      meaning:
        "requests of one address a minute before 429; ten times as many of buyers at codes, who share a market's Wi-Fi",
      example: "600",
    },
    z.coerce.number().int().min(1).default(600),
  ),
}
