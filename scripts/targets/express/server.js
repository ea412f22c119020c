// Express; what is not written here is its default. It has no words of its own for interim responses but
// Node's: res.status(102) would begin the final response.
const express = require("express");

const application = express();

application.get("/102", (request, response) => {
  response.writeProcessing();
  response.type("text").send("ok\n");
});

application.get("/103", (request, response) => {
  response.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" });
  response.type("text").send("ok\n");
});

// Content of any type and the answer behind it.
application.use(express.raw({ type: () => true }), (request, response) => {
  response.type("text").send("ok\n");
});

application.listen(Number("{listen_port}"), "127.0.0.1");
