"""The least that a WSGI application is."""


def application(environ, start_response):
    # The answer comes once the content has come.
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "3")])
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else b"ok\n"]
