/** The engine as WASM, in Node. */

import { conform } from './conform.js';
import { moduleFront, moduleMissing } from './fronts/module.js';

conform('wasm', () => moduleFront('wasm'), moduleMissing('wasm'));
