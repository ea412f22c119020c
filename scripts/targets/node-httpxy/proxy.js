// The least that makes httpxy a gateway, with what its manual says about errors and upgrades.
"use strict";
const http = require("http");
const { createProxyServer } = require("httpxy");

const proxy = createProxyServer({
  target: "http://127.0.0.1:{origin_port}",
  // It closes each connection to its origin otherwise.
  agent: new http.Agent({ keepAlive: true }),
});

const server = http.createServer((request, response) =>
  proxy.web(request, response).catch(() => {
    if (!response.headersSent) {
      response.writeHead(502);
    }
    response.end();
  }),
);
server.on("upgrade", (request, socket, head) =>
  proxy.ws(request, socket, head).catch(() => socket.destroy()),
);
server.listen({listen_port}, "127.0.0.1");
