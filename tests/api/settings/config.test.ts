// What stops a gateway's start: a setting that is none, and in production whatever is for development or goes in the clear.
import { describe, expect, test } from "bun:test"
import { ConfigError } from "@suyuan/api/config"
import { testConfig } from "../../support/context"

function faultsOf(env: Record<string, string>): string {
  try {
    testConfig(env)
    return ""
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
}

describe("settings", () => {
  test("a misspelt one stops the start, whatever it begins with", () => {
    for (const name of [
      "GATEWAY_PROT",
      "PLATFORM_TIMEOUT_MSEC",
      "QUERY_SCHEDULE",
      "REQUESTS_A_MINUTE",
      "NETWORK_IDS",
    ]) {
      expect(faultsOf({ [name]: "1" })).toContain(`${name}: not a setting`)
    }
    expect(faultsOf({ ADMIN_EMAIL: "somebody else's" })).not.toContain("ADMIN_EMAIL")
    expect(faultsOf({ REQUESTS_CA_BUNDLE: "/etc/ssl/ca.pem" })).not.toContain("REQUESTS_CA_BUNDLE")
  })

  test("production wants its database on this machine or by TLS, and no secret is told", () => {
    const production = (url: string) => faultsOf({ SUYUAN_ENV: "production", DATABASE_URL: url })
    expect(production("postgres://suyuan:hidden@db.internal/suyuan")).toContain("DATABASE_URL: production needs")
    expect(production("postgres://suyuan:hidden@db.internal/suyuan")).not.toContain("hidden")
    for (const url of ["postgres://db.internal/suyuan?sslmode=verify-full", "postgres://127.0.0.1/suyuan"]) {
      expect(production(url)).not.toContain("DATABASE_URL: production needs")
      expect(production(url)).toContain("MQTT_URL: production needs mqtts")
    }
  })
})
