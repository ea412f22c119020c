"""The least that an ASGI application is."""

HEAD = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}
CONTENT = {"type": "http.response.body", "body": b"ok\n"}


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    # The answer comes once the content has come.
    while (await receive()).get("more_body"):
        pass
    await send(HEAD)
    await send(CONTENT)
