// The least that makes Go's ReverseProxy a gateway to an HTTP/2 origin: everything not written here is its
// own default.
package main

import (
	"crypto/tls"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c"
)

// What the transport calls for TLS makes a plain connection: prior knowledge.
func dial(network, address string, _ *tls.Config) (net.Conn, error) {
	return net.Dial(network, address)
}

func main() {
	origin, err := url.Parse("http://127.0.0.1:{origin_port}")
	if err != nil {
		log.Fatal(err)
	}
	gateway := httputil.NewSingleHostReverseProxy(origin)
	gateway.Transport = &http2.Transport{AllowHTTP: true, DialTLS: dial}

	go func() {
		log.Fatal(http.ListenAndServeTLS("127.0.0.1:{tls_port}", "{certificate}", "{certificate}", gateway))
	}()
	// HTTP/2 without TLS is not in net/http of this version.
	log.Fatal(http.ListenAndServe("127.0.0.1:{listen_port}", h2c.NewHandler(gateway, &http2.Server{})))
}
