/** The server over TCP, mio driver, two pump threads. */

import { conform } from './conform.js';
import { hematiteFront, hematiteMissing } from './fronts/hematite.js';

conform('tcp-mio', () => hematiteFront({ driver: 'mio', threads: 2 }), hematiteMissing());
