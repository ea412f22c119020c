// hapi; what is not written here is its default. It has no words of its own for interim responses but Node's.
const hapi = require("@hapi/hapi");

const server = hapi.server({ host: "127.0.0.1", port: Number("{listen_port}") });

function answer(request) {
  if (request.path === "/102") {
    request.raw.res.writeProcessing();
  } else if (request.path === "/103") {
    request.raw.res.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" });
  }
  return "ok\n";
}

// Any path, and content of any type; a route for "*" takes no payload option, for HEAD has none.
server.route({ method: "GET", path: "/{path*}", handler: answer });
server.route({
  method: ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
  path: "/{path*}",
  handler: answer,
  options: { payload: { parse: false } },
});
server.start();
