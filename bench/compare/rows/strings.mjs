/**
 * Processor time and throughput of GET and SET: one io-thread, a million keys of 16 bytes, values of 64 bytes, 50 clients.
 */

import { fillStrings, interleave } from '../rounds.mjs';
import { load } from '../load.mjs';
import { withServers } from '../servers.mjs';
import { withClient } from '../client.mjs';

const KEYS = 1_000_000;
const VALUE = 'v'.repeat(64);
const COMMANDS = { get: ['GET', 'key:__rand_int__'], set: ['SET', 'key:__rand_int__', VALUE] };
/** Requests at a depth of pipelining, so that each run takes some two seconds of the server. */
const REQUESTS = { 1: 300_000, 16: 2_000_000, 100: 4_000_000 };
const TARGETS = { get: { 1: 0.85, 16: 0.35, 100: 0.2 }, set: { 1: 0.85, 16: 0.4, 100: 0.25 } };

function cpuRows() {
  return Object.entries(TARGETS).flatMap(([verb, targets]) =>
    Object.entries(targets).map(([pipeline, target]) => ({
      name: `cpu.${verb}.p${pipeline}`,
      title: `${verb.toUpperCase()} P=${pipeline}, CPU an operation`,
      unit: 'µs',
      ratioMax: target,
      verb,
      pipeline: Number(pipeline),
      field: 'cpuMicros',
    })),
  );
}

const throughput = {
  name: 'rate.get.p100',
  title: 'GET P=100, operations a second',
  unit: '/s',
  ratioMin: 5,
  verb: 'get',
  pipeline: 100,
  field: 'rate',
};

export const strings = {
  rows: [...cpuRows(), throughput],
  async measure(wanted, options) {
    return withServers(options, async (servers) => {
      for (const server of Object.values(servers))
        await withClient(server, (client) => fillStrings(client, KEYS, VALUE));
      const loads = new Map(wanted.map((row) => [`${row.verb} ${row.pipeline}`, row]));
      const measured = await interleave([...loads.keys()], servers, options, (server, key) => {
        const { verb, pipeline } = loads.get(key);
        const requests = REQUESTS[pipeline] / (options.quick ? 10 : 1);
        return load(server, { command: COMMANDS[verb], requests, pipeline, keys: KEYS });
      });
      return wanted.map((row) => measured.result(row, `${row.verb} ${row.pipeline}`, (run) => run[row.field]));
    });
  },
};
