// Fastify, and over TLS with HTTP/2 too. What is not written here is its default.
const fs = require("node:fs");
const fastify = require("fastify");

function serve(options, port) {
  const server = fastify(options);

  server.get("/102", async (request, reply) => {
    if (reply.raw.stream) {
      reply.raw.stream.additionalHeaders({ ":status": 102 });
    } else {
      reply.raw.writeProcessing();
    }
    return "ok\n";
  });

  server.get("/103", async (request, reply) => {
    reply.raw.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" });
    return "ok\n";
  });

  // Any path, and content of any type.
  server.addContentTypeParser("*", { parseAs: "buffer" }, (request, content, done) => done(null, content));
  server.all("*", async () => "ok\n");
  return server.listen({ host: "127.0.0.1", port });
}

const certificate = fs.readFileSync("{certificate}");
serve({}, Number("{listen_port}")).then(() => {
  const https = { cert: certificate, key: certificate, allowHTTP1: true };
  return serve({ http2: true, https }, Number("{tls_port}"));
});
