/** In-process sessions through the Node binding. */

import { conform } from './conform.js';
import { moduleFront, moduleMissing } from './fronts/module.js';

conform('embedded', () => moduleFront('embedded'), moduleMissing('embedded'));
