package hematite;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The built server for tests: one process a test class, on a free port. HEMATITE_SERVER: another command that starts a
 * server, such as redis-server, to try the tests themselves.
 */
final class Server implements AutoCloseable {
    final int port;
    private final Process process;

    Server() throws IOException {
        try (ServerSocket probe = new ServerSocket(0)) {
            port = probe.getLocalPort();
        }
        String given = System.getenv("HEMATITE_SERVER");
        String entry = Path.of("../../../dist/cli/hematite.js").toAbsolutePath().normalize().toString();
        List<String> command = new ArrayList<>(given == null ? List.of("node", entry) : List.of(given.split(" ")));
        String directory = Files.createTempDirectory("hematite-clients-").toString();
        command.addAll(List.of("--port", String.valueOf(port), "--save", "", "--dir", directory));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream()));
        String line = lines.readLine();
        while (line != null && !line.contains("Ready to accept connections")) {
            line = lines.readLine();
        }
        if (line == null) {
            throw new IOException("the server ended before it was ready");
        }
        // Nobody reads what it prints from here on; a full pipe must not stop it.
        Thread drain = new Thread(() -> lines.lines().forEach(text -> { }));
        drain.setDaemon(true);
        drain.start();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
