/**
 * Rounds: everything is measured once on each server, in turn, then everything again. What disturbs the machine for a while
 * disturbs all servers alike.
 */

import { summary } from './statistics.mjs';

/** `key:` and twelve digits: 16 bytes, and what redis-benchmark makes of `key:__rand_int__`. */
export const key = (n) => `key:${String(n).padStart(12, '0')}`;

/** Fills a server with `count` strings; `value` is the same for all, or made from the number. */
export function fillStrings(client, count, value, behind = []) {
  const valueOf = typeof value === 'function' ? value : () => value;
  return client.fill(
    (function* commands() {
      for (let n = 0; n < count; n += 1) yield ['SET', key(n), valueOf(n), ...behind];
    })(),
  );
}

/**
 * Runs `measure(kind)` for each kind; a kind on which it fails is left out, and the row says why. A server that lacks a
 * command does not keep the others from being measured.
 */
export async function eachKind(row, kinds, measure) {
  const figures = {};
  let error;
  for (const kind of kinds) {
    try {
      figures[kind] = await measure(kind);
    } catch (reason) {
      error ??= `${kind}: ${reason.message}`;
    }
  }
  return { ...row, figures, ...(error === undefined ? {} : { error }) };
}

/** What came of all rounds: lists by measured thing and kind of server, and what went wrong. */
class Measured {
  #runs = new Map();
  #errors = new Map();

  /** A server on which a thing failed once is not asked for it again. */
  hasFailed(thing, kind) {
    return this.#errors.has(`${thing}\n${kind}`);
  }

  fail(thing, kind, error) {
    this.#errors.set(`${thing}\n${kind}`, error);
  }

  add(thing, kind, run) {
    const id = `${thing}\n${kind}`;
    this.#runs.set(id, [...(this.#runs.get(id) ?? []), run]);
  }

  /** A row with the figures that `pick` finds in the runs of `thing`. */
  result(row, thing, pick) {
    const result = { ...row, figures: {} };
    for (const kind of ['hematite', 'redis', 'rival']) {
      const runs = this.#runs.get(`${thing}\n${kind}`);
      if (runs !== undefined) result.figures[kind] = summary(runs.map(pick));
      const error = this.#errors.get(`${thing}\n${kind}`);
      if (error !== undefined) result.error ??= `${kind}: ${error.message}`;
    }
    return result;
  }
}

/** Runs `measure(server, thing)` for each round, thing and server; each round begins with another server. */
export async function interleave(things, servers, options, measure) {
  const measured = new Measured();
  const entries = Object.entries(servers);
  for (let round = 0; round < options.rounds; round += 1) {
    for (const thing of things) {
      for (let turn = 0; turn < entries.length; turn += 1) {
        const [kind, server] = entries[(turn + round) % entries.length];
        if (measured.hasFailed(thing, kind)) continue;
        try {
          measured.add(thing, kind, await measure(server, thing, round));
        } catch (error) {
          measured.fail(thing, kind, error);
        }
      }
    }
    process.stderr.write(`  round ${round + 1} of ${options.rounds}: ${things.join(', ')}\n`);
  }
  return measured;
}
