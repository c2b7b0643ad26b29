// The twin of examples/http_server.inko with what everybody uses in Go: net/http.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
)

func main() {
	port := "0"
	if len(os.Args) > 1 {
		port = os.Args[1]
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		panic(err)
	}
	fmt.Printf("listening at port %d\n", listener.Addr().(*net.TCPAddr).Port)
	greeting := []byte("Hello, world!")
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.Write(greeting)
	})
	panic(http.Serve(listener, handler))
}
