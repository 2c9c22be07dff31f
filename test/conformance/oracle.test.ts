/** The oracle as a front: proves the suite, and that the committed snapshot still says what the oracle says. */

import { conform } from './conform.js';
import { oracleFront, oracleVersion } from './fronts/oracle.js';

conform('oracle', oracleFront, oracleVersion() ? undefined : 'redis-server is not installed');
