// The least that makes fast-proxy a gateway: everything not written here is its own default.
"use strict";
const http = require("http");
const { proxy } = require("fast-proxy")({ base: "http://127.0.0.1:{origin_port}" });

const server = http.createServer((request, response) => proxy(request, response, request.url, {}));
server.listen({listen_port}, "127.0.0.1");
