/** The engine's public face. The engine knows no editor, no Node, no clock. */
export { findGuard, type Guard, guards } from './guards.ts';
export {
  compareReleases,
  isRetired,
  type KernelProfile,
  kernelProfile,
  modelledReleases,
  newestRelease,
} from './kernels.ts';
export type * from './scenario.ts';
export type * from './trace.ts';
export type * from './verdict.ts';
