/**
 * What the loads and the rows that start them agree upon.
 */

/** A value of 64 bytes. */
export const VALUE = 'v'.repeat(64);
