/** Every family, in the order in which they are run and reported. */

import type { Family } from '../case.js';
import { command } from './command.js';
import { configuration } from './configuration.js';
import { connection } from './connection.js';
import { generic } from './generic.js';
import { protocol } from './protocol.js';
import { server } from './server.js';
import { string } from './string.js';

export const families: readonly Family[] = [string, generic, connection, server, command, configuration, protocol];
