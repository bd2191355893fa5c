/** The engine's public face. The engine knows no editor, no Node, no clock. */
export { coverScenario } from './coverage/cover.ts';
export type * from './coverage/coverage.ts';
export {
  type CoverageReport,
  type CoveredScenario,
  type KindCoverage,
  reportCoverage,
  type SwitchCoverage,
} from './coverage/report.ts';
export type { StepTally } from './coverage/table-tally.ts';
export { type ExpectationResult, judgeExpectation } from './expectation.ts';
export { explainViolation } from './explanation/explain.ts';
export { type Explanation, type Sentence, type SentencePart, sentenceText } from './explanation/explanation.ts';
export { explainGuards } from './explanation/prevention.ts';
export { failingOperations, failingSteps } from './faults.ts';
export { formatOffset, formatRange } from './format.ts';
export { findGuard, guards } from './guards/catalogue.ts';
export type { Guard } from './guards/guard.ts';
export {
  changingReleases,
  isRetired,
  type KernelProfile,
  kernelProfile,
  modelledReleases,
  newestRelease,
} from './kernels.ts';
export { describeOperation, type OperationDescription, operationKinds } from './operations/describe.ts';
export { meaningOf, type StepDescription, stepNames } from './operations/step-table.ts';
export { profileOf } from './program.ts';
export { compareReleases } from './releases.ts';
export { checkSchedule, type ScheduleVerdict } from './replay/schedule.ts';
export {
  type CrashOutcome,
  crashOutcomes,
  type FileOutcome,
  type LoggedFile,
  type LoggedNamesOutcome,
} from './replay/sequence.ts';
export { firstInterleaving, traceSchedule, traceWitness } from './replay/trace.ts';
export type * from './scenario.ts';
export { type CheckOptions, check, defaultLimits } from './search/check.ts';
export { type FoundFixes, findFixes, findKernelFix, redundantGuards } from './search/fixes.ts';
export { Proofs } from './search/proofs.ts';
export { answerQuestions } from './search/questions.ts';
export {
  checkReleases,
  findUnsafeReleases,
  type ReleaseVerdict,
  type UnsafeReleases,
} from './search/release-verdicts.ts';
export { blockSize, cutOffsets, maximumSegments } from './segments.ts';
export type * from './trace.ts';
export type * from './verdict.ts';
