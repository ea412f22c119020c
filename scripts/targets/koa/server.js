// Koa; what is not written here is its default. It has no words of its own for interim responses but
// Node's: context.status = 102 would begin the final response.
const Koa = require("koa");

const application = new Koa();

application.use(async (context) => {
  // It reads no content by itself.
  for await (const piece of context.req) {
    void piece;
  }
  if (context.path === "/102") {
    context.res.writeProcessing();
  } else if (context.path === "/103") {
    context.res.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" });
  }
  context.body = "ok\n";
});

application.listen(Number("{listen_port}"), "127.0.0.1");
