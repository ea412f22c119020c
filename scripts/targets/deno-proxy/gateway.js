// The least that makes Deno a gateway: everything not written here is its own default.
Deno.serve({
  port: {listen_port},
  hostname: "127.0.0.1",
  async handler(request) {
    const url = new URL(request.url);
    url.port = {origin_port};
    return await fetch(url, new Request(request, { redirect: "manual" }));
  },
  onError: () => new Response("bad gateway\n", { status: 502 }),
});
