import { readFileSync, writeFileSync } from 'node:fs';

/** Puts a table in Markdown in the place of the one between the marks of that name in a file. */
export function writeTable(file: string, name: string, lines: readonly string[]): void {
  const [begin, end] = [`<!-- ${name}: npm run bench -- --write -->`, `<!-- end of ${name} -->`];
  const text = readFileSync(file, 'utf8');
  const [before, rest] = [text.split(begin)[0], text.split(end)[1]];
  if (rest === undefined) throw new Error(`${file} has no place for the table of ${name}`);
  writeFileSync(file, `${before}${begin}\n${lines.join('\n')}\n${end}${rest}`);
}
