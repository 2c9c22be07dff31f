/**
 * The native binding, under names of our own; its declarations are written by the native build.
 */

export {
  NativeEngine,
  NativeSession,
  aofTakeIn,
  checkAof,
  checkRdbFile,
  measureRdbFile,
  printRdbFile,
} from '../../bindings/node/index.js';
export type {
  NativeAddress,
  NativeAofLoad,
  NativeAofLoaded,
  NativeBindFailure,
  NativeCommand,
  NativeLimits,
  NativeListener,
  NativeOptions,
  NativePump,
  NativePumpStats,
  NativeRuleFault,
  NativeRewrite,
  NativeRewritten,
  NativeSettings,
  NativeTls,
} from '../../bindings/node/index.js';
