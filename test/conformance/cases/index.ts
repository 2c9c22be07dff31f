/** Every family, in the order in which they are run and reported. */

import type { Family } from '../case.js';
import { string } from './string.js';
import { generic } from './generic.js';

export const families: readonly Family[] = [string, generic];
