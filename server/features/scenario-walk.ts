import {
  conditionWords,
  endio,
  isMemberWord,
  isOperationWord,
  type MemberWord,
  type OperandForm,
  operationForms,
} from '../language/index.ts';
import type { Expected, Walk } from './completion-walk.ts';

/** Walks over a scenario from its keyword, as the parser does, but only to find what may come next. */
export function walkScenario(walk: Walk): void {
  walk.next();
  while (!walk.hasEnded && walk.peek() !== '{') walk.next();
  walk.next();
  while (!walk.hasEnded) {
    const word = walk.next('member');
    if (word === '}') break;
    if (isMemberWord(word)) members[word](walk);
  }
  while (!walk.hasEnded) walk.next('scenario');
}

const members: Readonly<Record<MemberWord, (walk: Walk) => void>> = {
  kernel: (walk) => walk.nextDotted('release'),
  guard: (walk) => {
    walk.nextDotted('guard');
    walk.next('on-off');
  },
  file: walkFile,
  mount: (walk) => {
    walk.next('mount-option');
    walkWords(walk, 'mount-option');
  },
  task: (walk) => {
    walk.next();
    walk.next();
    walkBlock(walk, 'operation', walkOperation);
  },
  order: (walk) => {
    walkReference(walk, 'before');
    walk.next('before');
    walkReference(walk, 'member');
  },
  interleaving: (walk) => {
    while (!walk.hasEnded && walk.peek() !== '{') walk.next();
    walk.next();
    walkBlock(walk, 'entry', walkEntry);
  },
  expect: (walk) => {
    if (walk.next('expectation') === 'safe') return;
    walk.next('file');
    walkRange(walk);
  },
  reach: (walk) => {
    if (walk.peek()?.startsWith('"')) walk.next();
    walkCondition(walk);
  },
  bound: (walk) => {
    walk.next('bound');
    walk.next();
  },
};

function walkFile(walk: Walk): void {
  walk.next();
  for (;;) {
    const word = walk.peek();
    if (word === undefined) walk.next(['file-attribute', 'member']);
    if (word === undefined || word === '}' || isMemberWord(word)) return;
    walk.next();
    if (word === 'size') walk.next();
    if (word === 'data' || word === 'prealloc' || word === ',') walkRange(walk);
  }
}

/** Words of one kind up to the next member. */
function walkWords(walk: Walk, expected: Expected): void {
  for (;;) {
    const word = walk.peek();
    if (word === undefined) walk.next([expected, 'member']);
    if (word === undefined || word === '}' || isMemberWord(word)) return;
    walk.next();
  }
}

/** The inside of a block, and its closing brace. */
function walkBlock(walk: Walk, expected: Expected, walkItem: (walk: Walk, first: string) => void): void {
  while (!walk.hasEnded) {
    const word = walk.next(expected);
    if (word === '}') return;
    if (word !== undefined) walkItem(walk, word);
  }
}

function walkOperation(walk: Walk, first: string): void {
  const isLabel = walk.peek() === ':';
  if (isLabel) walk.next();
  const word = isLabel ? walk.next('operation') : first;
  if (!isOperationWord(word)) return;
  for (const operand of operationForms[word]) operands[operand](walk);
}

const operands: Readonly<Record<OperandForm, (walk: Walk) => void>> = {
  file: (walk) => void walk.next('file'),
  'file-to': (walk) => void walk.next('file'),
  range: walkRange,
  'range?': (walk) => {
    const word = walk.peek();
    if (word === undefined) walk.next(['range', 'operation']);
    else if (word === 'all' || word === 'page' || /^\d/.test(word)) walkRange(walk);
  },
  size: (walk) => void walk.next(),
  offset: (walk) => void walk.next(),
  name: (walk) => void walk.next(),
  to: (walk) => void walk.next('to'),
  'as-name?': (walk) => {
    if (walk.peek() === undefined) walk.next(['as', 'operation']);
    else if (walk.peek() === 'as' && walk.peek(1) !== ':') {
      walk.next();
      walk.next();
    }
  },
  'keep-size?': (walk) => {
    if (walk.peek() === undefined) walk.next(['keep-size', 'operation']);
    else if (walk.peek() === 'keep-size') walk.next();
  },
  fault: (walk) => {
    walk.next('failure');
    walk.next('on');
    walkReference(walk, 'operation');
  },
};

function walkRange(walk: Walk): void {
  const first = walk.next('range');
  if (first === 'page') walk.next();
  else if (walk.peek() === '..') {
    walk.next();
    walk.next();
  }
}

/** `task.operation` or `task.operation@step`; `after` is what may follow. */
function walkReference(walk: Walk, after: Expected): void {
  const task = walk.next('task');
  walk.next();
  const operation = walk.next('label-of-task', { task });
  if (walk.peek() === undefined) walk.next(after);
  if (walk.peek() !== '@') return;
  walk.next();
  walk.next('step', { task, operation });
}

function walkEntry(walk: Walk, first: string): void {
  if (walk.peek() !== ':') return;
  walk.next();
  const operation = first === endio ? endio : walk.next('operation-of-task', { task: first });
  if (first === endio) {
    walk.next('file');
    walkRange(walk);
  }
  if (walk.peek() === undefined) walk.next(['until', 'entry']);
  if (walk.peek() !== 'until' || walk.peek(1) === ':') return;
  walk.next();
  walk.next('step', { operation });
}

/** Operands joined by `and` and `or`, each behind any number of `not` and `(`. */
function walkCondition(walk: Walk): void {
  do {
    while (walk.peek() === '(' || (walk.peek() === 'not' && walk.peek(1) !== '.')) walk.next();
    if (walk.peek() === '}' || (isMemberWord(walk.peek()) && walk.peek(1) !== '.')) return;
    walkAtom(walk);
    while (walk.peek() === ')') walk.next();
    if (walk.peek() === undefined) walk.next(['and-or', 'member']);
  } while ((walk.peek() === 'and' || walk.peek() === 'or') && walk.next() !== undefined);
}

function walkAtom(walk: Walk): void {
  const subject = walk.next(['task', 'file', 'not']);
  if (walk.peek() === '.') {
    walk.next();
    const word = walk.next(['label-of-task', 'flag-of-file'], { task: subject });
    if (conditionWords.file.some((flag) => flag === word)) return;
    if (walk.next('state-of-operation') === 'is') walk.next('way-of-fsync');
  } else if (walk.peek() === 'is') {
    walk.next();
    walk.next('at');
    walk.next('step-of-task', { task: subject });
  } else {
    if (walk.peek() === undefined) walk.next(['is-of-task', 'range-of-file'], { task: subject });
    walkRange(walk);
    if (walk.next('state-of-range') === 'in') walk.next('in-list');
  }
}
