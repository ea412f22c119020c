// Go's net/http, with HTTP/2 over TLS. What is not written here is its default.
package main

import (
	"io"
	"log"
	"net/http"
)

// The answer comes once the content has come.
func answer(response http.ResponseWriter, request *http.Request) {
	io.Copy(io.Discard, request.Body)
	switch request.URL.Path {
	case "/102":
		response.WriteHeader(http.StatusProcessing)
		response.WriteHeader(http.StatusProcessing)
	case "/103":
		response.Header().Set("Link", "</style.css>; rel=preload; as=style")
		response.WriteHeader(http.StatusEarlyHints)
	}
	io.WriteString(response, "ok\n")
}

func main() {
	handler := http.HandlerFunc(answer)
	go func() {
		log.Fatal(http.ListenAndServe("127.0.0.1:{listen_port}", handler))
	}()
	log.Fatal(http.ListenAndServeTLS("127.0.0.1:{tls_port}", "{certificate}", "{certificate}", handler))
}
