/**
 * A process of clients that ask for much and never read: node silent-clients.mjs PORT CLIENTS REQUESTS KEY. It says `asked`
 * when everything has been handed to the kernel or waits for it, and is meant to be stopped (SIGSTOP) and killed from outside.
 */

import { connect } from 'node:net';

const [port, clients, requests, key] = process.argv.slice(2);
const request = `*2\r\n$3\r\nGET\r\n$${key.length}\r\n${key}\r\n`.repeat(Number(requests));

let asked = 0;
for (let at = 0; at < Number(clients); at += 1) {
  const socket = connect({ port: Number(port), host: '127.0.0.1' });
  socket.pause();
  socket.on('error', () => undefined);
  socket.on('connect', () => {
    socket.write(request);
    asked += 1;
    if (asked === Number(clients)) process.stdout.write('asked\n');
  });
}
setInterval(() => undefined, 1000);
