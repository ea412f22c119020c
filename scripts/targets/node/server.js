// Node's http, and http2 with HTTP/1.1 beside it over TLS. What is not written here is their default.
const fs = require("node:fs");
const http = require("node:http");
const http2 = require("node:http2");

const hints = { link: "</style.css>; rel=preload; as=style" };

function sendProcessing(response) {
  if (response.stream) {
    response.stream.additionalHeaders({ ":status": 102 });
  } else {
    response.writeProcessing();
  }
}

function sendFinal(response) {
  response.setHeader("Content-Type", "text/plain");
  response.end("ok\n");
}

// The answer comes once the content has come, unless the client has gone meanwhile.
function answer(request, response) {
  request.resume();
  request.on("end", () => {
    if (response.stream?.destroyed) {
      return;
    }
    if (request.url === "/102") {
      sendProcessing(response);
      sendProcessing(response);
    } else if (request.url === "/103") {
      response.writeEarlyHints(hints);
    }
    sendFinal(response);
  });
}

const certificate = fs.readFileSync("{certificate}");
http.createServer(answer).listen(Number("{listen_port}"), "127.0.0.1", () => {
  http2
    .createSecureServer({ cert: certificate, key: certificate, allowHTTP1: true }, answer)
    .listen(Number("{tls_port}"), "127.0.0.1");
});
