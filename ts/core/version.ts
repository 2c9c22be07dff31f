/**
 * The versions that the product states: its own, and the Redis version whose behaviour it has, which clients branch on.
 */

/** Hematite's own version; a test keeps it equal to package.json. */
export const HEMATITE_VERSION = '0.1.0';

/** The Redis version that INFO, HELLO and error banners name. */
export const REDIS_VERSION = '7.2.4';
