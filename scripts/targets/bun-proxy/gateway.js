// The least that makes Bun a gateway: everything not written here is its own default.
Bun.serve({
  port: {listen_port},
  hostname: "127.0.0.1",
  async fetch(request) {
    const url = new URL(request.url);
    url.port = {origin_port};
    // What is passed on stays as it is: neither redirected nor decompressed.
    return fetch(url, new Request(request, { redirect: "manual" }), { decompress: false });
  },
  error: () => new Response("bad gateway\n", { status: 502 }),
});
