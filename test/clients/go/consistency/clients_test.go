// Package consistency: what many clients at once may see of one another, over two to four io-threads.
//
// HEMATITE_CONSISTENCY_SECONDS: how long transfers go on for each number of io-threads; 4 by default.
package consistency

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"hematite.test/clients/server"
)

const clients = 8

var (
	ctx     = context.Background()
	threads = []int{2, 3, 4}
)

// seconds is how long transfers go on for each number of io-threads.
func seconds(t *testing.T) time.Duration {
	text := os.Getenv("HEMATITE_CONSISTENCY_SECONDS")
	if text == "" {
		text = "4"
	}
	number, err := strconv.Atoi(text)
	must(t, err)
	return time.Duration(number) * time.Second
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// overThreads runs a test with an empty server for each number of io-threads.
func overThreads(t *testing.T, test func(t *testing.T, address string)) {
	for _, count := range threads {
		t.Run(fmt.Sprintf("%d io-threads", count), func(t *testing.T) {
			running, err := server.Start("--io-threads", strconv.Itoa(count))
			must(t, err)
			defer func() {
				if err := running.Stop(); err != nil {
					t.Error("the server ended badly:", err)
				}
			}()
			test(t, running.Address())
		})
	}
}

// connect gives a client with one connection: commands go out in order, and none is sent twice.
func connect(address string) (*redis.Client, func()) {
	client := redis.NewClient(&redis.Options{
		Addr: address, PoolSize: 1, MaxRetries: -1, ReadTimeout: time.Minute, WriteTimeout: time.Minute,
	})
	return client, func() { _ = client.Close() }
}

// atOnce runs work for each of all clients at the same time; the first error ends the test.
func atOnce(t *testing.T, address string, work func(client int, connection *redis.Client) error) {
	t.Helper()
	var group sync.WaitGroup
	errors := make([]error, clients)
	for client := range clients {
		connection, closeAll := connect(address)
		defer closeAll()
		group.Go(func() { errors[client] = work(client, connection) })
	}
	group.Wait()
	for client, err := range errors {
		if err != nil {
			t.Fatalf("client %d: %v", client, err)
		}
	}
}
