import { describe, expect, test } from 'vitest';
import {
  type MemberNode,
  type OperandForm,
  operationForms,
  operationWords,
  parse,
} from '../../../server/language/index.ts';

/** The only member of a scenario with this content. */
function member<Kind extends MemberNode['kind']>(kind: Kind, content: string): Extract<MemberNode, { kind: Kind }> {
  const { tree, diagnostics } = parse(`scenario "s" { ${content} }`);
  expect(diagnostics).toEqual([]);
  const [node, ...others] = tree.scenarios[0]!.members;
  expect(others).toEqual([]);
  if (node?.kind !== kind) throw new Error(`expected ${kind}, found ${node?.kind}`);
  return node as Extract<MemberNode, { kind: Kind }>;
}

/** A tree as text: spans as the text they cover, identifiers and numbers as what they say. */
function shape(value: unknown, text: string): unknown {
  if (Array.isArray(value)) return value.map((item) => shape(item, text));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if ('start' in value && typeof value.start === 'number' && 'end' in value && typeof value.end === 'number') {
    return text.slice(value.start, value.end);
  }
  if (entries.length === 2 && 'span' in value && 'text' in value) return value.text;
  if (entries.length === 2 && 'span' in value && 'value' in value) return value.value;
  return Object.fromEntries(entries.map(([key, item]) => [key, shape(item, text)]));
}

describe('members', () => {
  const span = (text: string) => ({ span: text, keyword: text.split(' ')[0] });

  test.each([
    ['kernel 5.10', { version: '5.10' }],
    ['kernel 5.8.1', { version: '5.8.1' }],
    ['guard releasepage.modified-list on', { name: 'releasepage.modified-list', state: 'on' }],
    ['mount holes nodatasum', { options: ['holes', 'nodatasum'] }],
    ['file I', { name: 'I', attributes: [] }],
    [
      'file I needs-full-sync data 0..4K, page 3 size 32M',
      {
        name: 'I',
        attributes: [
          { kind: 'needs-full-sync', span: 'needs-full-sync' },
          {
            kind: 'data',
            span: 'data 0..4K, page 3',
            ranges: [
              { kind: 'bytes', span: '0..4K', start: 0, end: 4096 },
              { kind: 'page', span: 'page 3', page: 3 },
            ],
          },
          { kind: 'size', span: 'size 32M', size: 32 * 1024 ** 2 },
        ],
      },
    ],
    [
      'order app.fsync@log_inode before b.w1',
      {
        before: { span: 'app.fsync@log_inode', task: 'app', operation: 'fsync', step: 'log_inode' },
        after: { span: 'b.w1', task: 'b', operation: 'w1' },
      },
    ],
    ['expect safe', { what: 'safe' }],
    ['expect lost I all', { what: 'lost', file: 'I', range: { kind: 'all', span: 'all' } }],
    ['bound states 0x10', { what: 'states', limit: 16 }],
    [
      'interleaving { app: write until: fsync until until endio: I 0..4K until end_bio crash }',
      {
        body: '{ app: write until: fsync until until endio: I 0..4K until end_bio crash }',
        entries: [
          { kind: 'task', span: 'app: write', task: 'app', operation: 'write' },
          { kind: 'task', span: 'until: fsync until until', task: 'until', operation: 'fsync', until: 'until' },
          {
            kind: 'endio',
            span: 'endio: I 0..4K until end_bio',
            file: 'I',
            range: { kind: 'bytes', span: '0..4K', start: 0, end: 4096 },
            until: 'end_bio',
          },
          { kind: 'crash', span: 'crash' },
        ],
      },
    ],
  ])('%s', (text, expected) => {
    const kind = text.split(' ')[0] as MemberNode['kind'];
    const content = `scenario "s" { ${text} }`;
    expect(shape(member(kind, text), content)).toEqual({ kind, ...span(text), ...expected });
  });
});

describe('operations', () => {
  const page = { kind: 'page', span: 'page 2', page: 2 };
  const bytes = { kind: 'bytes', span: '0..4K', start: 0, end: 4096 };
  /** For each place in a form, what can be written there and what it becomes. */
  const choices: Readonly<Record<OperandForm, readonly (readonly [string, object])[]>> = {
    file: [['I', { file: 'I' }]],
    range: [['0..4K', { range: bytes }]],
    'range?': [
      ['', {}],
      ['page 2', { range: page }],
    ],
    size: [['8K', { size: 8192 }]],
    to: [['to', {}]],
    'file-to': [['J', { target: 'J' }]],
    name: [['N', { target: 'N' }]],
    'as-name?': [
      ['', {}],
      ['as N', { target: 'N' }],
    ],
    offset: [['16K', { at: 16384 }]],
    'keep-size?': [
      ['', {}],
      ['keep-size', { keepSize: 'keep-size' }],
    ],
    fault: [
      ['enomem on a.sync', { failure: 'enomem', on: { span: 'a.sync', task: 'a', operation: 'sync' } }],
      ['io on b.w@s', { failure: 'io', on: { span: 'b.w@s', task: 'b', operation: 'w', step: 's' } }],
    ],
  };
  const cases = operationWords.flatMap((word) =>
    [...operationForms[word]].reduce<[string, object][]>(
      (begun, form) =>
        begun.flatMap(([text, operands]) =>
          choices[form].map(([more, operand]): [string, object] => [
            `${text} ${more}`.trim(),
            { ...operands, ...operand },
          ]),
        ),
      [[word, { word, known: true }]],
    ),
  );

  test.each(cases)('%s', (text, expected) => {
    const content = `task a { ${text} label: ${text} }`;
    const { operations } = member('task', content);
    expect(shape(operations, `scenario "s" { ${content} }`)).toEqual([
      { span: text, ...expected },
      { span: `label: ${text}`, label: 'label', ...expected },
    ]);
  });
});

describe('conditions', () => {
  const operation = (text: string, state: string) => {
    const [task, operation] = text.split('.');
    return {
      kind: 'operation',
      span: `${text} ${state}`,
      reference: { span: text, task, operation },
      state: state.split(' ').at(-1),
    };
  };

  test.each([
    ['app.fsync is fast', operation('app.fsync', 'is fast')],
    ['app.fsync returned', operation('app.fsync', 'returned')],
    ['not.fsync returned', operation('not.fsync', 'returned')],
    [
      'kswapd is at try_release_extent_mapping',
      { kind: 'task-at', task: 'kswapd', step: 'try_release_extent_mapping' },
    ],
    [
      'I page 1 in modified',
      { kind: 'range', file: 'I', range: { kind: 'page', span: 'page 1', page: 1 }, state: 'modified' },
    ],
    ['I all durable', { kind: 'range', file: 'I', range: { kind: 'all', span: 'all' }, state: 'durable' }],
    ['I.needs-full-sync', { kind: 'file-flag', file: 'I', flag: 'needs-full-sync' }],
    ['not a.b returned', { kind: 'not', operand: operation('a.b', 'returned') }],
    ['(a.b returned)', operation('a.b', 'returned')],
    [
      'a.b returned or c.d returned and not e.f returned',
      {
        kind: 'or',
        operands: [
          operation('a.b', 'returned'),
          {
            kind: 'and',
            span: 'c.d returned and not e.f returned',
            operands: [
              operation('c.d', 'returned'),
              { kind: 'not', span: 'not e.f returned', operand: operation('e.f', 'returned') },
            ],
          },
        ],
      },
    ],
  ])('%s', (text, expected) => {
    const { name, condition } = member('reach', `reach "name" ${text}`);
    expect(name?.text).toBe('name');
    expect(shape(condition, `scenario "s" { reach "name" ${text} }`)).toMatchObject(expected);
  });

  test('nested too deeply are an error, not a crash', () => {
    for (const word of ['not ', '(']) {
      const { diagnostics } = parse(`scenario "s" { reach ${word.repeat(100_000)}a.b returned }`);
      expect(diagnostics.map(({ message }) => message)).toContain('a condition is nested at most 100 deep');
    }
  });
});

describe('scenarios', () => {
  test('have names, documentation and bodies', () => {
    const text =
      '/// not this\n\n/// One.\r\n///   Two. \n/// \n\n  scenario "a \\"b\\" \\\\" { }\n/// Three.\n// no\nscenario "c" {}';
    const [first, second] = parse(text).tree.scenarios;
    expect(first).toMatchObject({ name: { text: 'a "b" \\' }, documentation: { text: 'One.\n  Two.\n' } });
    expect(text.slice(first!.documentation!.span.start, first!.documentation!.span.end)).toBe(
      '/// One.\r\n///   Two. \n/// ',
    );
    expect(text.slice(first!.body!.start, first!.body!.end)).toBe('{ }');
    expect(second).toMatchObject({ name: { text: 'c' }, documentation: undefined });
  });

  test('with a syntax error in them are not well-formed, the others are', () => {
    const text = 'scenario "a" { file I size 4k } scenario "b" { } scenario "c" { } } scenario "d" { /* }';
    expect(parse(text).tree.scenarios.map(({ wellFormed }) => wellFormed)).toEqual([false, true, false, false]);
  });
});

describe('files without scenarios', () => {
  test.each(['', ' \n\t', '// only a comment', '/* and\nanother */', '\uFEFF'])('%j is no error', (text) => {
    expect(parse(text)).toMatchObject({ tree: { scenarios: [] }, diagnostics: [] });
  });

  test('binary data are one diagnostic', () => {
    const bytes = Uint8Array.from({ length: 65536 }, (_, index) => (index * index * 31 + (index >> 3)) & 0xff);
    const png = `\u0089PNG\r\n\u001A\n\0\0${new TextDecoder('latin1').decode(bytes)}`;
    const [first, ...others] = parse(png).diagnostics;
    expect(first?.code).toBe('syntax');
    expect(others.filter(({ message }) => !message.includes('never closed'))).toEqual([]);
    expect(parse('\0\0\0\0ELF').diagnostics.map(({ message }) => message)).toEqual([
      'expected `scenario "name" { … }`, found a NUL byte (this is not a text file)',
    ]);
  });
});
