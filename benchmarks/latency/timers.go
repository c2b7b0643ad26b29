// How late goroutines wake when many of them sleep again and again for random times of 1 to 9 seconds; the
// twin of timers.inko. Arguments: how many goroutines, and the seconds from `start` to `stop`.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

const buckets = 200000

// The seconds between the first sleeps and `start`.
const before = 3 * time.Second

func sleeper(random int, start, stop time.Time, parent chan []float64) {
	var late []float64
	for now := time.Now(); now.Before(stop); {
		// The generator of Park and Miller.
		random = random * 48271 % 2147483647
		pause := time.Duration(random%8000001+1000000) * time.Microsecond
		due := time.Now().Add(pause)
		time.Sleep(pause)
		now = time.Now()
		if !due.Before(start) && due.Before(stop) {
			late = append(late, float64(now.Sub(due))/1000)
		}
	}
	parent <- late
}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	seconds, _ := strconv.ParseFloat(os.Args[2], 64)
	start := time.Now().Add(before)
	stop := start.Add(time.Duration(seconds * float64(time.Second)))
	parent := make(chan []float64, 1024)
	for i := 0; i < n; i++ {
		go sleeper(i+1, start, stop, parent)
	}
	time.Sleep(time.Until(start))
	fmt.Println("start")
	time.Sleep(time.Until(stop))
	fmt.Println("stop")

	counts := make([]int, buckets)
	early, latest := 0, 0
	for i := 0; i < n; i++ {
		for _, late := range <-parent {
			if late < 0 {
				early++
				late = 0
			}
			whole := int(late)
			if bucket := whole / 10; bucket < buckets {
				counts[bucket]++
			} else {
				counts[buckets-1]++
			}
			if whole > latest {
				latest = whole
			}
		}
	}
	for bucket, count := range counts {
		if count > 0 {
			fmt.Println(bucket, count)
		}
	}
	fmt.Println("max", latest)
	fmt.Println("early", early)
}
