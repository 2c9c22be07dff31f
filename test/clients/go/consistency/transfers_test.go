// Serializability: money moves between accounts by MULTI, WATCH and Lua at once, and no transaction ever sees another sum.
package consistency

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	accounts = 100
	opening  = 1000
	total    = accounts * opening
)

// names are the accounts' keys.
var names = func() (names [accounts]string) {
	for at := range names {
		names[at] = fmt.Sprintf("account:%d", at)
	}
	return
}()

var (
	// Moves ARGV[1] if the first account has it, in two writes.
	luaTransfer = redis.NewScript(`
		local from = tonumber(redis.call('GET', KEYS[1]))
		if from < tonumber(ARGV[1]) then return 0 end
		redis.call('DECRBY', KEYS[1], ARGV[1])
		redis.call('INCRBY', KEYS[2], ARGV[1])
		return 1`)
	// Takes both accounts away, and sets them anew.
	luaReplace = redis.NewScript(`
		local from, to = redis.call('GETDEL', KEYS[1]), redis.call('GETDEL', KEYS[2])
		redis.call('MSET', KEYS[1], to, KEYS[2], from)
		return 1`)
	luaSum = redis.NewScript(`
		local sum = 0
		for _, key in ipairs(KEYS) do sum = sum + tonumber(redis.call('GET', key)) end
		return sum`)
)

// A tally of what was done, so that a run shows that every way was taken.
type tally struct {
	watched, aborted, queued, scripts, audits atomic.Int64
}

// two gives different accounts.
func two() (string, string) {
	from := rand.IntN(accounts)
	to := (from + 1 + rand.IntN(accounts-1)) % accounts
	return names[from], names[to]
}

// sum adds up values as GET has them.
func sum(values []any) (int, error) {
	result := 0
	for at, value := range values {
		text, isText := value.(string)
		if !isText {
			return 0, fmt.Errorf("account %d is %v", at, value)
		}
		number, err := strconv.Atoi(text)
		if err != nil {
			return 0, err
		}
		result += number
	}
	return result, nil
}

func expectTotal(way string, seen int, err error) error {
	if err == nil && seen != total {
		err = fmt.Errorf("%s saw a sum of %d", way, seen)
	}
	return err
}

// watchedTransfer reads under WATCH and sets what it computed, if nobody came between.
func watchedTransfer(connection *redis.Client, done *tally) error {
	from, to := two()
	err := connection.Watch(ctx, func(tx *redis.Tx) error {
		held, err := tx.Get(ctx, from).Int()
		if err != nil {
			return err
		}
		other, err := tx.Get(ctx, to).Int()
		if err != nil {
			return err
		}
		amount := rand.IntN(max(held, 0) + 1)
		_, err = tx.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
			pipe.Set(ctx, from, held-amount, 0)
			pipe.Set(ctx, to, other+amount, 0)
			return nil
		})
		return err
	}, from, to)
	if errors.Is(err, redis.TxFailedErr) {
		done.aborted.Add(1)
		return nil
	}
	done.watched.Add(1)
	return err
}

// queuedTransfer moves without looking, and reads all accounts in the same transaction, between the two writes and after.
func queuedTransfer(connection *redis.Client, done *tally) error {
	from, to := two()
	var between, after *redis.SliceCmd
	amount := rand.Int64N(10)
	_, err := connection.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.DecrBy(ctx, from, amount)
		between = pipe.MGet(ctx, names[:]...)
		pipe.IncrBy(ctx, to, amount)
		after = pipe.MGet(ctx, names[:]...)
		return nil
	})
	if err != nil {
		return err
	}
	seen, err := sum(between.Val())
	if err := expectTotal("a half done transaction", seen+int(amount), err); err != nil {
		return err
	}
	seen, err = sum(after.Val())
	done.queued.Add(1)
	return expectTotal("a transaction", seen, err)
}

func scriptedTransfer(connection *redis.Client, done *tally) error {
	from, to := two()
	script := luaTransfer
	if rand.IntN(4) == 0 {
		script = luaReplace
	}
	done.scripts.Add(1)
	return script.Run(ctx, connection, []string{from, to}, rand.IntN(50)).Err()
}

// watchedAudit reads the accounts one by one under WATCH: if EXEC then succeeds, nobody has come between.
func watchedAudit(connection *redis.Client) error {
	seen := 0
	err := connection.Watch(ctx, func(tx *redis.Tx) error {
		for _, name := range names {
			held, err := tx.Get(ctx, name).Int()
			if err != nil {
				return err
			}
			seen += held
		}
		_, err := tx.TxPipelined(ctx, func(pipe redis.Pipeliner) error { return pipe.Ping(ctx).Err() })
		return err
	}, names[:]...)
	if errors.Is(err, redis.TxFailedErr) {
		return nil
	}
	return expectTotal("an audit under WATCH", seen, err)
}

// queuedAudit reads each account by a command of its own within one transaction.
func queuedAudit(connection *redis.Client) error {
	replies, err := connection.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		for _, name := range names {
			pipe.Get(ctx, name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	values := make([]any, len(replies))
	for at, reply := range replies {
		values[at] = reply.(*redis.StringCmd).Val()
	}
	seen, err := sum(values)
	return expectTotal("a transaction of GETs", seen, err)
}

func audit(connection *redis.Client, done *tally) error {
	done.audits.Add(1)
	switch rand.IntN(8) {
	case 0:
		return watchedAudit(connection)
	case 1, 2:
		return queuedAudit(connection)
	case 3, 4:
		seen, err := luaSum.Run(ctx, connection, names[:]).Int()
		return expectTotal("a script", seen, err)
	default:
		values, err := connection.MGet(ctx, names[:]...).Result()
		if err != nil {
			return err
		}
		seen, err := sum(values)
		return expectTotal("MGET", seen, err)
	}
}

func TestTransfersKeepTheSum(t *testing.T) {
	overThreads(t, func(t *testing.T, address string) {
		first, closeFirst := connect(address)
		defer closeFirst()
		for _, name := range names {
			must(t, first.Set(ctx, name, opening, 0).Err())
		}
		var done tally
		end := time.Now().Add(seconds(t))
		atOnce(t, address, func(_ int, connection *redis.Client) error {
			for time.Now().Before(end) {
				var err error
				switch rand.IntN(10) {
				case 0, 1, 2:
					err = watchedTransfer(connection, &done)
				case 3, 4:
					err = queuedTransfer(connection, &done)
				case 5, 6, 7:
					err = scriptedTransfer(connection, &done)
				default:
					err = audit(connection, &done)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		values, err := first.MGet(ctx, names[:]...).Result()
		must(t, err)
		seen, err := sum(values)
		must(t, expectTotal("the end", seen, err))
		t.Logf("%d transfers under WATCH (%d more aborted), %d queued, %d scripts, %d audits: the sum was always %d",
			done.watched.Load(), done.aborted.Load(), done.queued.Load(), done.scripts.Load(), done.audits.Load(), total)
		for _, count := range []*atomic.Int64{&done.watched, &done.aborted, &done.queued, &done.scripts, &done.audits} {
			if count.Load() == 0 {
				t.Error("a way was never taken")
			}
		}
	})
}
