// Linearizability of single keys: what clients asked and heard, with the times, is a history; Porcupine searches an order of
// its operations that a single register could have gone through (Herlihy & Wing 1990; Lowe 2017).
package consistency

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/redis/go-redis/v9"
)

const (
	keys = 3
	// A round has keys of its own, so that the search stays small.
	rounds          = 40
	operationsRound = 150
)

type kind int

const (
	get kind = iota
	set
	getAndSet
	setIfAbsent
	setIfEqual
	scriptIfEqual
	increment
	getAndDelete
	kindCount
)

// An operation's question; expected is what a conditional write compares with.
type question struct {
	kind            kind
	key             string
	value, expected string
}

// An operation's answer: a value, or none. Writes that were done or refused answer "1" or none.
type answer struct {
	value  string
	isNone bool
}

var none = answer{isNone: true}

var luaIfEqual = redis.NewScript(`
	if redis.call('GET', KEYS[1]) ~= ARGV[1] then return false end
	redis.call('SET', KEYS[1], ARGV[2])
	return '1'`)

// after is what a register with the state given answers, and its state then.
func after(state answer, asked question) (answer, answer) {
	done, next := answer{value: "1"}, answer{value: asked.value}
	switch asked.kind {
	case get:
		return state, state
	case set:
		return done, next
	case getAndSet:
		return state, next
	case setIfAbsent:
		if state.isNone {
			return done, next
		}
	case setIfEqual, scriptIfEqual:
		if !state.isNone && state.value == asked.expected {
			return done, next
		}
	case increment:
		number, _ := strconv.Atoi(state.value)
		next = answer{value: strconv.Itoa(number + 1)}
		return next, next
	case getAndDelete:
		return state, none
	}
	return none, state
}

var register = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byKey := map[string][]porcupine.Operation{}
		for _, operation := range history {
			key := operation.Input.(question).key
			byKey[key] = append(byKey[key], operation)
		}
		var parts [][]porcupine.Operation
		for _, part := range byKey {
			parts = append(parts, part)
		}
		return parts
	},
	Init: func() any { return none },
	Step: func(state, asked, heard any) (bool, any) {
		expected, next := after(state.(answer), asked.(question))
		return heard == expected, next
	},
	DescribeOperation: func(asked, heard any) string { return fmt.Sprintf("%+v -> %+v", asked, heard) },
}

// perform asks the server.
func perform(connection *redis.Client, asked question) (answer, error) {
	var reply *redis.Cmd
	switch asked.kind {
	case get:
		reply = connection.Do(ctx, "GET", asked.key)
	case set:
		reply = connection.Do(ctx, "SET", asked.key, asked.value)
	case getAndSet:
		reply = connection.Do(ctx, "SET", asked.key, asked.value, "GET")
	case setIfAbsent:
		reply = connection.Do(ctx, "SET", asked.key, asked.value, "NX")
	case setIfEqual:
		reply = connection.Do(ctx, "SET", asked.key, asked.value, "IFEQ", asked.expected)
	case scriptIfEqual:
		reply = luaIfEqual.Run(ctx, connection, []string{asked.key}, asked.expected, asked.value)
	case increment:
		reply = connection.Do(ctx, "INCR", asked.key)
	case getAndDelete:
		reply = connection.Do(ctx, "GETDEL", asked.key)
	}
	if errors.Is(reply.Err(), redis.Nil) {
		return none, nil
	}
	if reply.Err() != nil {
		return none, reply.Err()
	}
	heard := fmt.Sprint(reply.Val())
	if heard == "OK" {
		heard = "1"
	}
	return answer{value: heard}, nil
}

// record has a client ask at random; what it hears is the history.
func record(client, round int, start time.Time, connection *redis.Client) ([]porcupine.Operation, error) {
	history := make([]porcupine.Operation, 0, operationsRound)
	// What the client has heard last of each key, so that comparisons sometimes hold.
	last := map[string]string{}
	for number := range operationsRound {
		key := fmt.Sprintf("register:%d:%d", round, rand.IntN(keys))
		asked := question{kind: kind(rand.IntN(int(kindCount))), key: key}
		switch asked.kind {
		case get, increment, getAndDelete:
		default:
			asked.value = strconv.Itoa((client+1)*1_000_000 + number*1_000)
		}
		if asked.kind == setIfEqual || asked.kind == scriptIfEqual {
			asked.expected = last[key]
		}
		call := time.Since(start).Nanoseconds()
		heard, err := perform(connection, asked)
		if err != nil {
			return nil, fmt.Errorf("%+v: %w", asked, err)
		}
		history = append(history, porcupine.Operation{
			ClientId: client, Input: asked, Call: call, Output: heard, Return: time.Since(start).Nanoseconds(),
		})
		if state, next := after(heard, asked); asked.kind == get || asked.kind == getAndSet {
			last[key] = state.value
		} else if !heard.isNone {
			last[key] = next.value
		}
	}
	return history, nil
}

func isLinearizable(t *testing.T, history []porcupine.Operation) bool {
	t.Helper()
	result := porcupine.CheckOperationsTimeout(register, history, time.Minute)
	if result == porcupine.Unknown {
		t.Fatal("no order was found, and none excluded, within a minute")
	}
	return result == porcupine.Ok
}

// overlapping counts operations that began before another's end.
func overlapping(history []porcupine.Operation) int {
	count := 0
	for at, one := range history {
		for _, other := range history[:at] {
			if one.Input.(question).key == other.Input.(question).key &&
				one.Call < other.Return && other.Call < one.Return {
				count++
				break
			}
		}
	}
	return count
}

func TestSingleKeysAreLinearizable(t *testing.T) {
	overThreads(t, func(t *testing.T, address string) {
		operations, concurrent, start := 0, 0, time.Now()
		for round := range rounds {
			var parts [clients][]porcupine.Operation
			atOnce(t, address, func(client int, connection *redis.Client) (err error) {
				parts[client], err = record(client, round, start, connection)
				return err
			})
			var history []porcupine.Operation
			for _, part := range parts {
				history = append(history, part...)
			}
			if !isLinearizable(t, history) {
				t.Fatalf("no order explains round %d: %+v", round, history)
			}
			operations += len(history)
			concurrent += overlapping(history)
		}
		t.Logf("%d operations, %d of them beside another on the same key: linearizable", operations, concurrent)
		if concurrent*10 < operations {
			t.Errorf("only %d of %d operations met another", concurrent, operations)
		}
	})
}

// A checker that accepts everything would show nothing: a history with one stale read, and one with a lost write, are found.
func TestLiesAreNoticed(t *testing.T) {
	operation := func(kind kind, value string, heard answer, call, end int64) porcupine.Operation {
		return porcupine.Operation{Input: question{kind: kind, key: "k", value: value}, Call: call, Output: heard, Return: end}
	}
	done, one, two := answer{value: "1"}, answer{value: "1"}, answer{value: "2"}
	honest := []porcupine.Operation{
		operation(set, "1", done, 0, 10), operation(set, "2", done, 20, 40), operation(get, "", one, 25, 30),
		operation(get, "", two, 35, 45), operation(increment, "", answer{value: "3"}, 50, 60),
	}
	if !isLinearizable(t, honest) {
		t.Error("a history that is possible was refused")
	}
	stale := append(append([]porcupine.Operation{}, honest...), operation(get, "", one, 70, 80))
	if isLinearizable(t, stale) {
		t.Error("a stale read was not noticed")
	}
	lost := append(append([]porcupine.Operation{}, honest...), operation(increment, "", answer{value: "3"}, 70, 80))
	if isLinearizable(t, lost) {
		t.Error("a lost update was not noticed")
	}
}
