/** What the process says to whoever started it; see docs/cli.md. */
export const exitCodes = {
  /** Nothing found, or only what `expect` names. */
  clean: 0,
  /** A loss that no `expect` names, an unmet expectation, a schedule that cannot run, or a wrong prediction. */
  found: 1,
  /** Wrong use, unreadable or malformed input. */
  misuse: 2,
  /** Nothing found, but a search hit its bound. */
  bounded: 3,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Wrong use, or input that cannot be read. The message is one line that says what to do; it ends the command with exit code 2. */
export class Misuse extends Error {}
