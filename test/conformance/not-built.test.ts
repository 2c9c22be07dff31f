/** The list of commands that are not there yet may not rot: whatever is there has to leave it. */

import { expect, it } from 'vitest';
import { NOT_BUILT_YET } from './excused.js';
import { hematiteFront, hematiteMissing } from './fronts/hematite.js';
import { decodeAll, toValue } from './resp.js';

it.skipIf(hematiteMissing())(
  `lists no command as missing that the server has${hematiteMissing() ? ` (${hematiteMissing()})` : ''}`,
  async () => {
    const front = await hematiteFront();
    try {
      const connection = await front.open();
      connection.write(Buffer.from('COMMAND LIST\r\n'));
      const names = toValue(decodeAll((await connection.read(1))[0]!.toString('latin1'))[0]!) as string[];
      connection.close();
      expect(names).toContain('get');
      expect(names.filter((name) => NOT_BUILT_YET.has(name))).toEqual([]);
    } finally {
      await front.close();
    }
  },
);
