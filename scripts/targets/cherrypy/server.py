"""CherryPy; what is not written here is its default."""

import cherrypy


class Answer:
    @cherrypy.expose
    def default(self, *path):
        return "ok\n"


cherrypy.config.update(
    {
        "server.socket_host": "127.0.0.1",
        "server.socket_port": int("{listen_port}"),
        # It would watch its sources.
        "engine.autoreload.on": False,
    }
)
cherrypy.quickstart(Answer())
