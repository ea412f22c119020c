"""The least that makes Twisted a gateway: everything not written here is its own default."""

from twisted.internet import reactor
from twisted.web.proxy import ReverseProxyResource
from twisted.web.server import Site

gateway = Site(ReverseProxyResource("127.0.0.1", int("{origin_port}"), b""))
reactor.listenTCP(int("{listen_port}"), gateway, interface="127.0.0.1")
reactor.run()
