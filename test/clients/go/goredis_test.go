// go-redis against the built server, in both protocol versions.
package clients

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	hundredMegabytes = 100 << 20
	scanKeys         = 100_000
)

var ctx = context.Background()

// each runs a test with an empty server, once for each protocol version.
func each(t *testing.T, test func(t *testing.T, client *redis.Client)) {
	for _, protocol := range []int{2, 3} {
		t.Run(fmt.Sprintf("RESP%d", protocol), func(t *testing.T) {
			client := redis.NewClient(&redis.Options{
				Addr:     fmt.Sprintf("127.0.0.1:%d", port),
				Protocol: protocol,
				// 100 MB take their time on a busy machine.
				ReadTimeout:  time.Minute,
				WriteTimeout: time.Minute,
			})
			defer client.Close()
			must(t, client.FlushAll(ctx).Err())
			test(t, client)
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t *testing.T, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func missing(t *testing.T, reply *redis.StringCmd) {
	t.Helper()
	if !errors.Is(reply.Err(), redis.Nil) {
		t.Fatalf("got %v, want nothing", reply)
	}
}

func TestHello(t *testing.T) {
	each(t, func(t *testing.T, client *redis.Client) {
		protocol := client.Options().Protocol
		conn := client.Conn()
		defer conn.Close()
		fields, err := conn.Hello(ctx, protocol, "", "", "tester").Result()
		must(t, err)
		equal(t, fields["proto"].(int64), int64(protocol))
		equal(t, fields["role"].(string), "master")
		name, err := conn.ClientGetName(ctx).Result()
		must(t, err)
		equal(t, name, "tester")
		info, err := client.ClientInfo(ctx).Result()
		must(t, err)
		equal(t, info.Resp, protocol)
	})
}

func TestSetAndGet(t *testing.T) {
	each(t, func(t *testing.T, client *redis.Client) {
		must(t, client.Set(ctx, "greeting", "grüß dich", 0).Err())
		equal(t, client.Get(ctx, "greeting").Val(), "grüß dich")
		equal(t, client.SetNX(ctx, "greeting", "no", 0).Val(), false)
		values, err := client.MGet(ctx, "greeting", "nothing").Result()
		must(t, err)
		equal(t, values[0].(string), "grüß dich")
		equal(t, values[1], nil)
		equal(t, client.Del(ctx, "greeting", "nothing").Val(), 1)
		missing(t, client.Get(ctx, "greeting"))
	})
}

func TestErrors(t *testing.T) {
	each(t, func(t *testing.T, client *redis.Client) {
		must(t, client.Set(ctx, "text", "x", 0).Err())
		err := client.Incr(ctx, "text").Err()
		if err == nil || !strings.Contains(err.Error(), "ERR value is not an integer or out of range") {
			t.Fatal(err)
		}
	})
}

func TestExpiry(t *testing.T) {
	each(t, func(t *testing.T, client *redis.Client) {
		must(t, client.Set(ctx, "short", "x", 60*time.Millisecond).Err())
		must(t, client.Set(ctx, "long", "x", 100*time.Second).Err())
		equal(t, client.TTL(ctx, "long").Val(), 100*time.Second)
		time.Sleep(90 * time.Millisecond)
		missing(t, client.Get(ctx, "short"))
		equal(t, client.Exists(ctx, "short", "long").Val(), 1)
		equal(t, client.Persist(ctx, "long").Val(), true)
	})
}

func TestPipeline(t *testing.T) {
	each(t, func(t *testing.T, client *redis.Client) {
		pipeline := client.Pipeline()
		for n := range 5_000 {
			pipeline.Set(ctx, fmt.Sprint("key:", n), n, 0)
			pipeline.Get(ctx, fmt.Sprint("key:", n))
		}
		replies, err := pipeline.Exec(ctx)
		must(t, err)
		equal(t, len(replies), 10_000)
		for at := 1; at < len(replies); at += 2 {
			equal(t, replies[at].(*redis.StringCmd).Val(), fmt.Sprint(at/2))
		}
	})
}

func TestTransaction(t *testing.T) {
	each(t, func(t *testing.T, client *redis.Client) {
		replies, err := client.TxPipelined(ctx, func(tx redis.Pipeliner) error {
			tx.Set(ctx, "a", 1, 0)
			tx.Incr(ctx, "a")
			return nil
		})
		must(t, err)
		equal(t, replies[1].(*redis.IntCmd).Val(), 2)
		err = client.Watch(ctx, func(tx *redis.Tx) error {
			must(t, client.Set(ctx, "a", "changed", 0).Err())
			_, err := tx.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
				return pipe.Set(ctx, "a", "lost", 0).Err()
			})
			return err
		}, "a")
		if !errors.Is(err, redis.TxFailedErr) {
			t.Fatal(err)
		}
		equal(t, client.Get(ctx, "a").Val(), "changed")
	})
}

func TestConcurrency(t *testing.T) {
	each(t, func(t *testing.T, client *redis.Client) {
		var group sync.WaitGroup
		for range 8 {
			group.Add(1)
			go func() {
				defer group.Done()
				for range 50 {
					must(t, client.Incr(ctx, "n").Err())
				}
			}()
		}
		group.Wait()
		equal(t, client.Get(ctx, "n").Val(), "400")
	})
}

func TestScan(t *testing.T) {
	each(t, func(t *testing.T, client *redis.Client) {
		for from := 0; from < scanKeys; from += 1000 {
			pairs := make([]any, 0, 2000)
			for n := from; n < from+1000; n++ {
				pairs = append(pairs, fmt.Sprint("scan:", n), n)
			}
			must(t, client.MSet(ctx, pairs...).Err())
		}
		seen := map[string]bool{}
		keys := client.Scan(ctx, 0, "scan:*", 1000).Iterator()
		for keys.Next(ctx) {
			seen[keys.Val()] = true
		}
		must(t, keys.Err())
		equal(t, len(seen), scanKeys)
		equal(t, client.DBSize(ctx).Val(), scanKeys)
	})
}

func TestBinary(t *testing.T) {
	page := make([]byte, 1<<16)
	_, _ = rand.Read(page)
	value := bytes.Repeat(page, hundredMegabytes/len(page))
	for at := 0; at < len(value); at += len(page) {
		binary.LittleEndian.PutUint32(value[at:], uint32(at))
	}
	each(t, func(t *testing.T, client *redis.Client) {
		key := "\x00\xff\r\n"
		must(t, client.Set(ctx, key, value, 0).Err())
		back, err := client.Get(ctx, key).Bytes()
		must(t, err)
		equal(t, bytes.Equal(back, value), true)
	})
}
