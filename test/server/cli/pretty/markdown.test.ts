import { expect, test } from 'vitest';
import { renderMarkdown } from '../../../../server/cli/pretty/markdown.ts';
import { plainTerminal } from './plain-terminal.ts';

const cases: readonly [what: string, markdown: string, width: number, lines: string[]][] = [
  ['paragraphs', 'one\ntwo\n\nthree', 40, ['one two', '', 'three']],
  ['emphasis', '**bold** and `code`\n*What to do:* nothing', 40, ['bold and code', 'What to do: nothing']],
  ['links', 'see [this](https://example.org) page', 60, ['see this (https://example.org) page']],
  ['marks torn apart by wrapping', '`two words`', 4, ['two', 'words']],
  [
    'a table that fits',
    '| a | b |\n| --- | --- |\n| `x` | y \\| z |\n| long | w |',
    80,
    ['  a     b', '  x     y | z', '  long  w'],
  ],
  [
    'a table whose texts need more room',
    '| step | locks | does |\n| --- | --- | --- |\n| one | none | a text that is longer |',
    24,
    ['  step  locks', '      does', '  one   none', '      a text that is', '      longer'],
  ],
];

test.each(cases)('%s', (_, markdown, width, lines) => {
  expect(renderMarkdown(plainTerminal(width), markdown)).toEqual(lines);
});
