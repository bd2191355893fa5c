/** A growing array of numbers of one width. */
export class NumberList {
  #items = new Int32Array(1 << 10);
  length = 0;

  push(value: number): void {
    if (this.length === this.#items.length) {
      const larger = new Int32Array(this.length * 2);
      larger.set(this.#items);
      this.#items = larger;
    }
    this.#items[this.length++] = value;
  }

  at(index: number): number {
    return this.#items[index]!;
  }

  or(index: number, bits: number): void {
    this.#items[index]! |= bits;
  }

  get bytes(): number {
    return this.#items.byteLength;
  }
}
