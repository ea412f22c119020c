// Deno's serve; what is not written here is its default. It has no words for interim responses.
Deno.serve({ hostname: "127.0.0.1", port: Number("{listen_port}") }, async (request) => {
  // The answer comes once the content has come.
  await request.arrayBuffer();
  return new Response("ok\n");
});
