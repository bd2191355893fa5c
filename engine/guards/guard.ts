/**
 * One historical fix of the mechanism, as a condition that can be on or off. The condition stands in
 * the operation where the kernel put it; this is what people read about it.
 */
export interface Guard {
  /** `place.condition`, the name used in scenario files. */
  readonly name: string;
  /** As it reads in a sentence: `turn on the ${label}`. */
  readonly label: string;
  /** Entry of the bug catalogue (docs/catalogue.md): `C1`, `C13b`, `I4`. */
  readonly entry: string;
  /** Abbreviated id of the mainline commit; null when no release has the guard. */
  readonly commit: string | null;
  readonly subject: string;
  /** First release with the code that needs the guard; null: older than every profile. */
  readonly introduced: string | null;
  /** First release with the guard; null: none. */
  readonly fixed: string | null;
  /** Stable releases known to be the first of their series with the guard: `5.4.60`. */
  readonly stable: readonly string[];
  /** First release in which the guard's code is gone; setting it is a no-op from then on. */
  readonly retired: string | null;
  /** Kernel function that the condition stands in. */
  readonly actsIn: string;
  /** What the condition does. */
  readonly does: string;
  /** What goes wrong without it. */
  readonly without: string;
  /** What is missing or wrong after the crash, in a few words. */
  readonly loses: string;
  /** Regression test of fstests that covers it; null when none does. */
  readonly fstest: string | null;
}
