// The least that makes http-proxy a gateway, with what its manual says about errors and upgrades.
"use strict";
const http = require("http");
const { createProxyServer } = require("http-proxy");

const proxy = createProxyServer({
  target: "http://127.0.0.1:{origin_port}",
  // It closes each connection to its origin otherwise.
  agent: new http.Agent({ keepAlive: true }),
});

// Without a handler it throws, which ends the process. After an upgrade there is a socket, no response.
proxy.on("error", (error, request, response) => {
  if (response.writeHead && !response.headersSent) {
    response.writeHead(502);
  }
  response.end();
});

const server = http.createServer((request, response) => proxy.web(request, response));
server.on("upgrade", (request, socket, head) => proxy.ws(request, socket, head));
server.listen({listen_port}, "127.0.0.1");
