import type { Token } from '../language/lexer.ts';

/** What may be written at some place. */
export type Expected =
  | 'scenario'
  | 'member'
  | 'release'
  | 'guard'
  | 'on-off'
  | 'file'
  | 'range'
  | 'file-attribute'
  | 'mount-option'
  | 'task'
  | 'operation'
  | 'operation-of-task'
  | 'label-of-task'
  | 'step'
  | 'before'
  | 'to'
  | 'as'
  | 'keep-size'
  | 'entry'
  | 'until'
  | 'expectation'
  | 'not'
  | 'and-or'
  | 'state-of-operation'
  | 'way-of-fsync'
  | 'flag-of-file'
  | 'is-of-task'
  | 'at'
  | 'step-of-task'
  | 'range-of-file'
  | 'state-of-range'
  | 'in-list'
  | 'bound'
  | 'failure'
  | 'on';

/** Where the tokens before the cursor end. */
export interface Found {
  readonly expected: readonly Expected[];
  /** Where the word begins that is being written: completion replaces it. */
  readonly start: number;
  /** Name of the task whose operations, labels or steps are meant; in a condition, of the task or file that it is about. */
  readonly task: string | undefined;
  /** The word or label of the operation whose steps are meant. */
  readonly operation: string | undefined;
}

type Whose = Partial<Pick<Found, 'task' | 'operation'>>;

/** Goes over the tokens before the place, and notes what is expected when there are no more. */
export class Walk {
  readonly #text: string;
  readonly #from: number;
  readonly #tokens: readonly Token[];
  readonly #end: number;
  #index = 0;
  #found: Found | undefined;

  constructor(text: string, from: number, tokens: readonly Token[], end: number) {
    this.#text = text;
    this.#from = from;
    this.#tokens = tokens;
    this.#end = end;
  }

  get hasEnded(): boolean {
    return this.#found !== undefined;
  }

  get place(): Found {
    return this.#found ?? { expected: [], start: this.#end, task: undefined, operation: undefined };
  }

  /** Text of the next token; undefined when there is none. */
  peek(ahead = 0): string | undefined {
    const token = this.#tokens[this.#index + ahead];
    return token && this.#text.slice(this.#from + token.start, this.#from + token.end);
  }

  /** Takes the next token; when there is none, `expected` is what may be written. */
  next(expected: Expected | readonly Expected[] = [], whose: Whose = {}): string | undefined {
    const text = this.peek();
    if (text === undefined) this.#stop(typeof expected === 'string' ? [expected] : expected, this.#end, whose);
    this.#index++;
    return text;
  }

  /** Takes what is written without blanks, such as `5.8` or `place.condition`. */
  nextDotted(expected: Expected): void {
    const first = this.#tokens[this.#index];
    if (first === undefined) {
      this.next(expected);
      return;
    }
    let end = first.start;
    for (let token = this.#tokens[this.#index]; token?.start === end; token = this.#tokens[++this.#index])
      end = token.end;
    if (this.peek() === undefined && this.#from + end === this.#end)
      this.#stop([expected], this.#from + first.start, {});
  }

  #stop(expected: readonly Expected[], start: number, { task, operation }: Whose): void {
    this.#found ??= { expected, start, task, operation };
  }
}
