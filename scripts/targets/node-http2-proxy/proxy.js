// The least that makes http2-proxy a gateway, with what its manual says about errors and upgrades.
"use strict";
const fs = require("fs");
const http = require("http");
const http2 = require("http2");
const proxy = require("http2-proxy");

const origin = { hostname: "127.0.0.1", port: {origin_port} };
const pem = fs.readFileSync("{certificate}");

function failed(error, request, response) {
  if (error && !response.headersSent) {
    response.statusCode = error.statusCode || 502;
  }
  if (error) {
    response.end();
  }
}

function serve(server, port) {
  server.on("request", (request, response) => proxy.web(request, response, origin, failed));
  server.on("upgrade", (request, socket, head) =>
    proxy.ws(request, socket, head, origin, (error) => error && socket.destroy()),
  );
  server.listen(port, "127.0.0.1");
}

serve(http.createServer(), {listen_port});
serve(http2.createSecureServer({ key: pem, cert: pem, allowHTTP1: true }), {tls_port});
