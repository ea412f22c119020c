"""Tornado; what is not written here is its default."""

from tornado.httputil import HTTPHeaders, ResponseStartLine
from tornado.ioloop import IOLoop
from tornado.web import Application, RequestHandler

HINTS = HTTPHeaders({"Link": "</style.css>; rel=preload; as=style"})


class Answer(RequestHandler):
    SUPPORTED_METHODS = (*RequestHandler.SUPPORTED_METHODS, "INTERIM")

    async def get(self):
        connection = self.request.connection
        # To write a start line is the caller's doing: no 1xx for a client of HTTP/1.0.
        path = self.request.path if self.request.version != "HTTP/1.0" else ""
        if path == "/102":
            await connection.write_headers(ResponseStartLine("", 102, "Processing"), HTTPHeaders())
        elif path == "/103":
            await connection.write_headers(ResponseStartLine("", 103, "Early Hints"), HINTS)
        self.finish("ok\n")

    head = post = put = patch = delete = options = interim = get


Application([("/.*", Answer)]).listen(int("{listen_port}"), "127.0.0.1")
IOLoop.current().start()
