// Stands in for the gateway: ready at once, shows what it was told, ends on request.
const broken = process.env.STAND_IN_BROKEN
if (broken !== undefined) {
  console.error(`STAND_IN_BROKEN: ${broken} is no setting of this gateway`)
  process.exit(1)
}

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.env.GATEWAY_PORT),
  fetch(request) {
    const { pathname } = new URL(request.url)
    if (pathname === "/pid") return new Response(String(process.pid))
    return Response.json(process.env)
  },
})
process.on("SIGTERM", () => void server.stop(true).then(() => process.exit(0)))
