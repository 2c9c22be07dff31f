/**
 * The native binding, under names of our own; its declarations are written by the native build.
 */

export { NativeEngine, NativeSession, checkRdbFile, measureRdbFile, printRdbFile } from '../../bindings/node/index.js';
export type {
  NativeAddress,
  NativeBindFailure,
  NativeCommand,
  NativeLimits,
  NativeListener,
  NativeOptions,
  NativePump,
  NativePumpStats,
  NativeRuleFault,
  NativeSettings,
  NativeTls,
} from '../../bindings/node/index.js';
