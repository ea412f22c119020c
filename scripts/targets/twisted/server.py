"""Twisted Web; what is not written here is its default."""

from twisted.internet import reactor
from twisted.web import resource, server


class Answer(resource.Resource):
    isLeaf = True

    def render(self, request):
        request.setHeader(b"content-type", b"text/plain")
        return b"ok\n"


reactor.listenTCP(int("{listen_port}"), server.Site(Answer()), interface="127.0.0.1")
reactor.run()
