// Starts N goroutines that wait for a message which never comes, says so, and stays until its input is closed.
// How much memory they take is read from outside. A mailbox is a channel without a buffer, the smallest there is.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	n := 1000000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	children := make([]chan int, n)
	for i := range children {
		mailbox := make(chan int)
		children[i] = mailbox
		go func() { <-mailbox }()
	}
	fmt.Println("ready")
	os.Stdin.Read(make([]byte, 1))
	// The channels are in use up to here.
	fmt.Println(len(children))
}
