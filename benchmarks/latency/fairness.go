// How long a round trip between two goroutines takes while 4 others never stop to compute; the twin of fairness.inko.
// Arguments: the seconds to play, and the seconds to sleep before each trip.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

const hogs, buckets = 4, 200000

var sink int

func hog() {
	x := 1
	for {
		x = (x*31 + 7) % 1000003
		if x < 0 {
			sink = x
		}
	}
}

func duration(argument string) time.Duration {
	seconds, _ := strconv.ParseFloat(argument, 64)
	return time.Duration(seconds * float64(time.Second))
}

func main() {
	length, pause := duration(os.Args[1]), duration(os.Args[2])
	for i := 0; i < hogs; i++ {
		go hog()
	}
	ping, pong, done := make(chan int, 16), make(chan int, 16), make(chan bool)
	go func() {
		for value := range pong {
			ping <- value
		}
	}()
	counts := make([]int, buckets)
	longest := 0
	go func() {
		stop := time.Now().Add(length)
		for trips := 0; time.Now().Before(stop); trips++ {
			// A sleep that ends too late counts as a part of the trip.
			start := time.Now().Add(pause)
			if pause > 0 {
				time.Sleep(pause)
			}
			pong <- trips
			<-ping
			taken := int(time.Since(start).Microseconds())
			if bucket := taken / 10; bucket < buckets {
				counts[bucket]++
			} else {
				counts[buckets-1]++
			}
			if taken > longest {
				longest = taken
			}
		}
		done <- true
	}()
	<-done
	for bucket, count := range counts {
		if count > 0 {
			fmt.Println(bucket, count)
		}
	}
	fmt.Println("max", longest)
}
