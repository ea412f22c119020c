"""Python's http.server; what is not written here is its default."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        # To write a status line is the caller's doing: no 1xx for a client of HTTP/1.0.
        path = self.path if self.request_version != "HTTP/1.0" else ""
        if path == "/102":
            self.send_response_only(102)
            self.end_headers()
        elif path == "/103":
            self.send_response_only(103)
            self.send_header("Link", "</style.css>; rel=preload; as=style")
            self.end_headers()
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        # It knows no chunks.
        self.close_connection = self.close_connection or "Transfer-Encoding" in self.headers
        self.send_response(411 if "Transfer-Encoding" in self.headers else 200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"ok\n")

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET


ThreadingHTTPServer(("127.0.0.1", int("{listen_port}")), Answer).serve_forever()
