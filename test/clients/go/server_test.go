// The built server for tests with go-redis: one process for all tests, on a free port.
//
// HEMATITE_SERVER: another command that starts a server, such as redis-server, to try the tests themselves.
package clients

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const readyMax = 20 * time.Second

var port int

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// start gives a server that accepts connections, and what ends it.
func start(directory string) (func() error, error) {
	var err error
	if port, err = freePort(); err != nil {
		return nil, err
	}
	command := strings.Fields(os.Getenv("HEMATITE_SERVER"))
	if len(command) == 0 {
		entry, err := filepath.Abs("../../../dist/cli/hematite.js")
		if err != nil {
			return nil, err
		}
		command = []string{"node", entry}
	}
	arguments := append(command[1:], "--port", strconv.Itoa(port), "--save", "", "--dir", directory)
	server := exec.Command(command[0], arguments...)
	server.Stderr = os.Stderr
	output, err := server.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := server.Start(); err != nil {
		return nil, err
	}
	ready := make(chan bool, 1)
	go func() {
		lines := bufio.NewScanner(output)
		for lines.Scan() {
			if strings.Contains(lines.Text(), "Ready to accept connections") {
				ready <- true
			}
		}
		close(ready)
	}()
	select {
	case isReady := <-ready:
		if !isReady {
			return nil, fmt.Errorf("%v ended before it was ready", command)
		}
	case <-time.After(readyMax):
		_ = server.Process.Kill()
		return nil, fmt.Errorf("%v was not ready within %v", command, readyMax)
	}
	return func() error {
		if err := server.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		return server.Wait()
	}, nil
}

func TestMain(m *testing.M) {
	directory, err := os.MkdirTemp("", "hematite-clients-")
	if err != nil {
		panic(err)
	}
	stop, err := start(directory)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	if err := stop(); err != nil {
		fmt.Fprintln(os.Stderr, "the server ended badly:", err)
		status = 1
	}
	os.RemoveAll(directory)
	os.Exit(status)
}
