// The least that makes Go's ReverseProxy a gateway: everything not written here is its own default.
package main

import (
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c"
)

func main() {
	origin, err := url.Parse("http://127.0.0.1:{origin_port}")
	if err != nil {
		log.Fatal(err)
	}
	gateway := httputil.NewSingleHostReverseProxy(origin)

	go func() {
		log.Fatal(http.ListenAndServeTLS("127.0.0.1:{tls_port}", "{certificate}", "{certificate}", gateway))
	}()
	// HTTP/2 without TLS is not in net/http of this version.
	log.Fatal(http.ListenAndServe("127.0.0.1:{listen_port}", h2c.NewHandler(gateway, &http2.Server{})))
}
