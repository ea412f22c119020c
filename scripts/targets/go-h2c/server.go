// HTTP/2 without TLS by golang.org/x/net in front of Go's net/http. What is not written here is its default.
package main

import (
	"io"
	"log"
	"net/http"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c"
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
	handler := h2c.NewHandler(http.HandlerFunc(answer), &http2.Server{})
	log.Fatal(http.ListenAndServe("127.0.0.1:{listen_port}", handler))
}
