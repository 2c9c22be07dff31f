// Package server starts the built server for tests, on a free port of the loopback.
//
// HEMATITE_SERVER: another command that starts a server, such as redis-server, to try the tests themselves.
package server

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const readyMax = 20 * time.Second

// Server is a server in a process of its own.
type Server struct {
	Port      int
	process   *exec.Cmd
	directory string
}

// Address is where it listens.
func (server *Server) Address() string {
	return fmt.Sprintf("127.0.0.1:%d", server.Port)
}

// Stop asks it to shut down; an error if it does not end as it should.
func (server *Server) Stop() error {
	defer os.RemoveAll(server.directory)
	if err := server.process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return server.process.Wait()
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// commandLine is what starts a server, without options.
func commandLine() []string {
	if command := strings.Fields(os.Getenv("HEMATITE_SERVER")); len(command) > 0 {
		return command
	}
	_, here, _, _ := runtime.Caller(0)
	root := filepath.Join(filepath.Dir(here), "..", "..", "..", "..")
	return []string{"node", filepath.Join(root, "dist", "cli", "hematite.js")}
}

// Start gives a server that accepts connections.
func Start(options ...string) (*Server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	directory, err := os.MkdirTemp("", "hematite-clients-")
	if err != nil {
		return nil, err
	}
	command := commandLine()
	arguments := append(command[1:], "--port", strconv.Itoa(port), "--save", "", "--dir", directory)
	process := exec.Command(command[0], append(arguments, options...)...)
	process.Stderr = os.Stderr
	output, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := process.Start(); err != nil {
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
		_ = process.Process.Kill()
		return nil, fmt.Errorf("%v was not ready within %v", command, readyMax)
	}
	return &Server{Port: port, process: process, directory: directory}, nil
}
