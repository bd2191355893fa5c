import type { ScenarioAnalysis } from '../check/analysis.ts';
import type { CheckingState } from '../check/checking.ts';
import { LineIndex, type LoweredScenario, type ScenarioFileReading, type Span } from '../language/index.ts';
import type { TextPosition, TextRange } from '../protocol.ts';

/** How far the check of a scenario is. What it tells changes with time. */
export interface ScenarioCheck {
  readonly state: CheckingState;
  /** Undefined until there is a verdict. */
  readonly analysis: ScenarioAnalysis | undefined;
  /** Why there is no verdict; empty unless the checker failed. */
  readonly failure: string;
  /** Resolves when there is a verdict, or will be none. */
  readonly judged: Promise<void>;
  /** Resolves when nothing more will be found out. */
  readonly completed: Promise<void>;
}

export interface CheckedScenario {
  readonly lowered: LoweredScenario;
  /** Undefined when errors make it uncheckable. */
  readonly check: ScenarioCheck | undefined;
}

/** One version of a document with all that the language says about it, and the checks of its scenarios. */
export class ScenarioDocument {
  readonly uri: string;
  readonly version: number;
  readonly text: string;
  readonly reading: ScenarioFileReading;
  /** In the order of the text. */
  readonly scenarios: readonly CheckedScenario[];
  readonly #lines: LineIndex;

  constructor(
    uri: string,
    version: number,
    text: string,
    reading: ScenarioFileReading,
    checkOf: (lowered: LoweredScenario) => ScenarioCheck | undefined,
  ) {
    this.uri = uri;
    this.version = version;
    this.text = text;
    this.reading = reading;
    this.scenarios = reading.scenarios.map((lowered) => ({ lowered, check: checkOf(lowered) }));
    this.#lines = new LineIndex(text);
  }

  rangeOf({ start, end }: Span): TextRange {
    return { start: this.#positionAt(start), end: this.#positionAt(end) };
  }

  /** Offset of a place; places outside the text are moved to the nearest one inside. */
  offsetAt({ line, character }: TextPosition): number {
    return this.#lines.offsetAt({ line, column: character });
  }

  spanOf({ start, end }: TextRange): Span {
    return { start: this.offsetAt(start), end: this.offsetAt(end) };
  }

  /** The scenario around an offset. */
  scenarioAt(offset: number): CheckedScenario | undefined {
    return this.scenarios.find(({ lowered }) => lowered.span.start <= offset && offset <= lowered.span.end);
  }

  #positionAt(offset: number): TextPosition {
    const { line, column } = this.#lines.positionAt(offset);
    return { line, character: column };
  }
}
