/** The words of the language. All of them are contextual: a task or a file may have any of these names. */

/** Name of the implicit task that completes ordered extents. */
export const endio = 'endio';

/** What a member of a scenario begins with. */
export const memberWords = [
  'kernel',
  'guard',
  'file',
  'mount',
  'task',
  'order',
  'interleaving',
  'expect',
  'reach',
  'bound',
] as const;

export type MemberWord = (typeof memberWords)[number];

/**
 * One place in an operation's form. `to` is that word; `name` is one that comes into being, and stands behind `as` in
 * `as-name?`; what ends in `?` may be missing.
 */
export type OperandForm =
  | 'file'
  | 'range'
  | 'range?'
  | 'size'
  | 'to'
  | 'file-to'
  | 'name'
  | 'offset'
  | 'as-name?'
  | 'keep-size?'
  | 'fault';

/** Every operation of the language with its operands in order. */
export const operationForms = {
  write: ['file', 'range'],
  'mmap-write': ['file', 'range'],
  'direct-write': ['file', 'range'],
  read: ['file', 'range'],
  writeback: ['file', 'range?'],
  releasepage: ['file', 'range?'],
  fsync: ['file', 'range?'],
  fdatasync: ['file', 'range?'],
  sync: [],
  commit: [],
  truncate: ['file', 'size'],
  punch: ['file', 'range'],
  fallocate: ['file', 'range', 'keep-size?'],
  'zero-range': ['file', 'range', 'keep-size?'],
  clone: ['file', 'range', 'to', 'file-to', 'offset'],
  evict: ['file'],
  close: ['file'],
  create: ['file', 'as-name?'],
  link: ['file', 'to', 'name'],
  rename: ['file', 'to', 'name'],
  unlink: ['file'],
  mkdir: ['name'],
  fault: ['fault'],
} as const satisfies Readonly<Record<string, readonly OperandForm[]>>;

type OperationWord = keyof typeof operationForms;

export const operationWords = Object.keys(operationForms) as readonly OperationWord[];

/** `holes` is the opposite of `no-holes`, which every profile has by default. */
export const mountOptions = [
  'no-holes',
  'holes',
  'nodatasum',
  'nodatacow',
  'notreelog',
  'flushoncommit',
  'compress',
] as const;

export const fileAttributes = ['size', 'data', 'prealloc', 'needs-full-sync', 'nodatacow', 'new', 'directory'] as const;

export const expectationWords = ['safe', 'lost', 'corrupt', 'resurrected'] as const;

export const boundWords = ['states', 'steps'] as const;

export const failureWords = ['enomem', 'io'] as const;

/** What a condition can say of an operation (`app.fsync is fast`, `app.fsync returned`), of a range of a file, of a file. */
export const conditionWords = {
  operationIs: ['fast', 'full'],
  operation: ['returned'],
  rangeIn: ['modified'],
  range: ['logged', 'durable'],
  file: ['needs-full-sync'],
} as const;

export type ConditionWord = (typeof conditionWords)[keyof typeof conditionWords][number];

export function isMemberWord(word: string | undefined): word is MemberWord {
  return memberWords.some((member) => member === word);
}

export function isOperationWord(word: string | undefined): word is OperationWord {
  return word !== undefined && Object.hasOwn(operationForms, word);
}
