// The least that makes http-proxy-middleware a gateway: everything not written here is its own default.
"use strict";
const http = require("http");
const { createProxyMiddleware } = require("http-proxy-middleware");

const proxy = createProxyMiddleware({ target: "http://127.0.0.1:{origin_port}" });

const server = http.createServer((request, response) => proxy(request, response, () => response.end()));
server.on("upgrade", proxy.upgrade);
server.listen({listen_port}, "127.0.0.1");
