"""aiohttp; what is not written here is its default."""

from aiohttp import web


async def answer(request):
    await request.read()
    return web.Response(text="ok\n")


application = web.Application()
application.router.add_route("*", "/{path:.*}", answer)
web.run_app(application, host="127.0.0.1", port=int("{listen_port}"), print=None)
