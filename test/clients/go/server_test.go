// One server for all tests with go-redis.
package clients

import (
	"fmt"
	"os"
	"testing"

	"hematite.test/clients/server"
)

var port int

func TestMain(m *testing.M) {
	running, err := server.Start()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	port = running.Port
	status := m.Run()
	if err := running.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "the server ended badly:", err)
		status = 1
	}
	os.Exit(status)
}
