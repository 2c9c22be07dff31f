/** Every family, in the order in which they are run and reported. */

import type { Family } from '../case.js';
import { acl } from './acl.js';
import { array } from './array.js';
import { bitmap } from './bitmap.js';
import { blocking } from './blocking.js';
import { command } from './command.js';
import { configuration } from './configuration.js';
import { connection } from './connection.js';
import { dump } from './dump.js';
import { eviction } from './eviction.js';
import { generic } from './generic.js';
import { geo } from './geo.js';
import { hash } from './hash.js';
import { hyperloglog } from './hyperloglog.js';
import { list } from './list.js';
import { newer } from './newer.js';
import { observation } from './observation.js';
import { persistence } from './persistence.js';
import { newest } from './newest.js';
import { protocol } from './protocol.js';
import { pubsub } from './pubsub.js';
import { scripting } from './scripting.js';
import { server } from './server.js';
import { set } from './set.js';
import { sort } from './sort.js';
import { stream } from './stream.js';
import { string } from './string.js';
import { tracking } from './tracking.js';
import { transactions } from './transactions.js';
import { zset } from './zset.js';

export const families: readonly Family[] = [
  string, generic, dump, sort, connection, server, command, configuration, protocol, hash, list, set, zset, geo, bitmap, hyperloglog, stream,
  blocking, transactions, eviction, pubsub, tracking, observation, acl, persistence, scripting, newer, newest, array,
];
