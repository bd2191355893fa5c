import { readFileSync, writeFileSync } from 'node:fs';

/** A page of docs/ with sections that are written from the code, between `<!-- name: … -->` and `<!-- /name -->`. */
export class GeneratedPage {
  readonly #place: URL;
  #text: string;

  constructor(name: string) {
    this.#place = new URL(`../../docs/${name}`, import.meta.url);
    this.#text = readFileSync(this.#place, 'utf8');
  }

  get text(): string {
    return this.#text;
  }

  /** What the page has in a section; writes it first when UPDATE_DOCS is set. Undefined when there is no such section. */
  section(name: string, content: string): string | undefined {
    const pattern = new RegExp(`(<!-- ${name}: [^\\n]* -->\\n)([\\s\\S]*)(<!-- /${name} -->)`);
    if (process.env['UPDATE_DOCS']) {
      this.#text = this.#text.replace(pattern, (_, begin, _old, end) => `${begin}\n${content}\n${end}`);
      writeFileSync(this.#place, this.#text);
    }
    return pattern.exec(this.#text)?.[2]?.slice(1, -1);
  }
}

/** A Markdown table. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
