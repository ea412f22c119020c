// The least that makes @fastify/http-proxy a gateway: everything not written here is its own default.
"use strict";
const fs = require("fs");
const fastify = require("fastify");
const proxy = require("@fastify/http-proxy");

const pem = fs.readFileSync("{certificate}");

async function serve(port, options) {
  const server = fastify({ logger: false, ...options });
  await server.register(proxy, { upstream: "http://127.0.0.1:{origin_port}", undici: {} });
  await server.listen({ port, host: "127.0.0.1" });
}

async function main() {
  await serve({tls_port}, { http2: true, https: { key: pem, cert: pem, allowHTTP1: true } });
  await serve({listen_port}, {});
}

main();
