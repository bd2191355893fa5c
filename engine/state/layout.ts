/** One state of a scenario: a short run of words. What each bit means is said by the fields of its layout. */
export type State = Int32Array;

/** A named run of bits in a state. Reading and writing neither allocate nor branch. */
export class Field {
  readonly word: number;
  readonly shift: number;
  /** Largest value that the field can hold. */
  readonly mask: number;

  constructor(word: number, shift: number, mask: number) {
    this.word = word;
    this.shift = shift;
    this.mask = mask;
  }

  get(state: State): number {
    return (state[this.word]! >>> this.shift) & this.mask;
  }

  set(state: State, value: number): void {
    state[this.word] = (state[this.word]! & ~(this.mask << this.shift)) | ((value & this.mask) << this.shift);
  }

  add(state: State, difference: number): void {
    this.set(state, this.get(state) + difference);
  }

  /** Of a set, the members that are among `bits`. Says less about the state than `get`: see `RecordingField`. */
  within(state: State, bits: number): number {
    return (state[this.word]! >>> this.shift) & this.mask & bits;
  }

  /** Adds `bits` to a set. */
  include(state: State, bits: number): void {
    state[this.word]! |= (bits & this.mask) << this.shift;
  }

  /** Takes `bits` off a set. */
  exclude(state: State, bits: number): void {
    state[this.word]! &= ~((bits & this.mask) << this.shift);
  }

  /** Adds `bits` to a set, or takes them off it. */
  mark(state: State, bits: number, on: boolean): void {
    if (on) this.include(state, bits);
    else this.exclude(state, bits);
  }
}

/** Bits of a state that were read, and that were written as 0 and as 1, word by word; as many words as its layout has. */
export class AccessRecord {
  /** All three, one after the other. */
  #all = new Int32Array(0);
  reads = this.#all;
  zeros = this.#all;
  ones = this.#all;

  /** Makes room for states of so many words, and forgets what was noted. */
  resize(words: number): void {
    this.#all = new Int32Array(3 * words);
    this.reads = this.#all.subarray(0, words);
    this.zeros = this.#all.subarray(words, 2 * words);
    this.ones = this.#all.subarray(2 * words);
  }

  clear(): void {
    this.#all.fill(0);
  }
}

/** A field that takes note of every access. */
class RecordingField extends Field {
  readonly #record: AccessRecord;

  constructor(word: number, shift: number, mask: number, record: AccessRecord) {
    super(word, shift, mask);
    this.#record = record;
  }

  override get(state: State): number {
    this.#record.reads[this.word]! |= this.mask << this.shift;
    return super.get(state);
  }

  override set(state: State, value: number): void {
    this.#record.ones[this.word]! |= (value & this.mask) << this.shift;
    this.#record.zeros[this.word]! |= (~value & this.mask) << this.shift;
    super.set(state, value);
  }

  override within(state: State, bits: number): number {
    this.#record.reads[this.word]! |= (bits & this.mask) << this.shift;
    return super.within(state, bits);
  }

  override include(state: State, bits: number): void {
    this.#record.ones[this.word]! |= (bits & this.mask) << this.shift;
    super.include(state, bits);
  }

  override exclude(state: State, bits: number): void {
    this.#record.zeros[this.word]! |= (bits & this.mask) << this.shift;
    super.exclude(state, bits);
  }
}

/**
 * What a field is about: the file system; what of it a power failure leaves, and what it is compared with; or who has got
 * how far.
 */
export type FieldRole = 'model' | 'judged' | 'control';

/** The words of a layout: per word, how many bits are in use, and which of them have which role. */
interface Words {
  readonly used: number[];
  /** Per width, the first word that may have room for it: words only fill up. */
  readonly firstWithRoom: number[];
  readonly roles: Readonly<Record<FieldRole, number[]>>;
}

/** Hands out the bits of a scenario's states, packed into as few words as first fit finds. */
export class Layout {
  readonly #words: Words;
  readonly #record: AccessRecord | undefined;
  readonly #role: FieldRole;

  /** `record` is told of every access to the fields. */
  constructor(record?: AccessRecord | undefined, words?: Words, role: FieldRole = 'model') {
    this.#record = record;
    this.#words = words ?? { used: [], firstWithRoom: [], roles: { model: [], judged: [], control: [] } };
    this.#role = role;
  }

  /** The same layout; fields that are taken from it without a role of their own have this one. */
  as(role: FieldRole): Layout {
    return new Layout(this.#record, this.#words, role);
  }

  /** Number of words of a state. */
  get words(): number {
    return Math.max(this.#words.used.length, 1);
  }

  /** Per word, the bits of all fields that have one of the roles. */
  bitsOf(...roles: readonly FieldRole[]): Int32Array {
    return Int32Array.from({ length: this.words }, (_, word) =>
      roles.reduce((bits, role) => bits | (this.#words.roles[role][word] ?? 0), 0),
    );
  }

  /** A field for values 0 to `maximum` (at most 2^30 - 1); no bit at all where the maximum is 0. */
  field(maximum: number, role: FieldRole = this.#role): Field {
    const width = 32 - Math.clz32(maximum);
    if (width === 0) return new Field(0, 0, 0);
    const { used, firstWithRoom, roles } = this.#words;
    let word = firstWithRoom[width] ?? 0;
    while (used[word]! + width > 32) word++;
    firstWithRoom[width] = word;
    if (word === used.length) {
      used.push(0);
      this.#record?.resize(used.length);
    }
    const shift = used[word]!;
    used[word] = shift + width;
    const mask = width === 32 ? -1 : 2 ** width - 1;
    roles[role][word] = (roles[role][word] ?? 0) | (mask << shift);
    return this.#record === undefined
      ? new Field(word, shift, mask)
      : new RecordingField(word, shift, mask, this.#record);
  }

  /** A field that holds a set of `count` segments. */
  set(count: number, role?: FieldRole): Field {
    return this.field(2 ** count - 1, role);
  }

  /** `count` fields of the same size. */
  fields(count: number, maximum: number, role?: FieldRole): Field[] {
    return Array.from({ length: count }, () => this.field(maximum, role));
  }
}
