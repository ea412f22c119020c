// Node's http, and http2 with HTTP/1.1 beside it over TLS. What is not written here is their default.
const fs = require("node:fs");
const http = require("node:http");
const http2 = require("node:http2");

// The answer comes once the content has come.
function answer(request, response) {
  request.resume();
  request.on("end", () => {
    response.setHeader("Content-Type", "text/plain");
    response.end("ok\n");
  });
}

const certificate = fs.readFileSync("{certificate}");
http.createServer(answer).listen(Number("{listen_port}"), "127.0.0.1", () => {
  http2
    .createSecureServer({ cert: certificate, key: certificate, allowHTTP1: true }, answer)
    .listen(Number("{tls_port}"), "127.0.0.1");
});
