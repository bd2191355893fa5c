import type { Field, FieldRole, Layout, State } from '../state/layout.ts';

/** Variables of a task's operations: shared between its operations by name, zero between two of them. */
export class Registers {
  readonly #layout: Layout;
  readonly #fields = new Map<string, Field[]>();

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** The register of that name. Every request for it must give the same maximum. */
  field(name: string, maximum: number): Field {
    return this.fields(name, 1, maximum)[0]!;
  }

  fields(name: string, count: number, maximum: number): readonly Field[] {
    const role: FieldRole = 'control';
    const fields = this.#fields.get(name) ?? this.#layout.fields(count, maximum, role);
    this.#fields.set(name, fields);
    return fields;
  }

  reset(state: State): void {
    for (const fields of this.#fields.values()) for (const field of fields) field.set(state, 0);
  }
}
