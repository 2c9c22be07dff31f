/** Saving: what SAVE, BGSAVE and LASTSAVE answer. What is in the file is for test/server. */

import { Family } from '../case.js';
import { arity } from './torture.js';

// Sessions without a server have no folder that they may write to.
const persistence = new Family('persistence', { needs: ['network'] });

persistence.add('SET k v', 'SAVE', 'GET k', 'LASTSAVE');
persistence.add('SAVE now', 'BGSAVE now', 'BGSAVE SCHEDULE now', 'BGSAVE now SCHEDULE');
persistence.add('MULTI', 'SAVE', 'DISCARD');
persistence.add('SAVE', 'INFO nosuch', 'CONFIG GET dbfilename', 'CONFIG GET save', 'CONFIG GET rdbcompression', 'CONFIG GET rdbchecksum');
persistence.add('CONFIG SET dbfilename elsewhere.rdb', 'CONFIG SET rdbchecksum no', 'CONFIG SET save "1 x"', 'CONFIG SET save "0 1"');
arity(persistence, ['SAVE', 'LASTSAVE'], 3);

export { persistence };
