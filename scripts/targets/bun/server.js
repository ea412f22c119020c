// Bun's serve; what is not written here is its default. It has no words for interim responses.
Bun.serve({
  hostname: "127.0.0.1",
  port: Number("{listen_port}"),
  // The answer comes once the content has come.
  async fetch(request) {
    await request.arrayBuffer();
    return new Response("ok\n");
  },
});
