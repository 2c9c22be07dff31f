/** The server over TCP, io_uring driver. */

import { conform } from './conform.js';
import { hematiteFront, hematiteMissing } from './fronts/hematite.js';

const missing = hematiteMissing() ?? (process.platform === 'linux' ? undefined : 'io_uring is Linux only');
conform('tcp-uring', () => hematiteFront({ driver: 'uring' }), missing);
