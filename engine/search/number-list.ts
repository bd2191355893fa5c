const chunkBits = 16;
const chunkNumbers = 1 << chunkBits;
const chunkMask = chunkNumbers - 1;
const fewNumbers = 1 << 10;

/** A growing array of 32-bit numbers. What is in it stays where it is, so that growing takes no longer the longer it is. */
export class NumberList {
  readonly #chunks: Int32Array[] = [new Int32Array(fewNumbers)];
  length = 0;

  push(value: number): void {
    const index = this.length++;
    const place = index & chunkMask;
    if (place === 0 && index > 0) this.#chunks.push(new Int32Array(chunkNumbers));
    else if (index === this.#chunks[0]!.length) this.#enlargeFirst();
    this.#chunks[index >>> chunkBits]![place] = value;
  }

  at(index: number): number {
    return this.#chunks[index >>> chunkBits]![index & chunkMask]!;
  }

  or(index: number, bits: number): void {
    this.#chunks[index >>> chunkBits]![index & chunkMask]! |= bits;
  }

  get bytes(): number {
    return this.#chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Most lists are short. */
  #enlargeFirst(): void {
    const larger = new Int32Array(Math.min(this.#chunks[0]!.length * 4, chunkNumbers));
    larger.set(this.#chunks[0]!);
    this.#chunks[0] = larger;
  }
}
