/**
 * The syntax tree of a scenario file: plain data, every node with its exact place. A part that the
 * text lacks (and the parser has complained about) is undefined; parsing never fails.
 */

/** Half-open range of UTF-16 offsets into the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface SyntaxTree {
  readonly text: string;
  readonly scenarios: readonly ScenarioNode[];
  /** All comments in the order of the text, documentation included. */
  readonly comments: readonly LanguageComment[];
}

export interface LanguageComment {
  /** `line` is `// …`, `documentation` is `/// …`, `block` may span lines. */
  readonly kind: 'line' | 'block' | 'documentation';
  readonly span: Span;
}

/** A name or a word where it stands. Guard names and kernel versions are one identifier, dots included. */
export interface Identifier {
  readonly text: string;
  readonly span: Span;
}

export interface StringLiteral {
  /** Without quotes and escapes. */
  readonly text: string;
  /** With the quotes. */
  readonly span: Span;
}

export interface NumberLiteral {
  /** Suffix applied: 4K is 4096. A safe integer; undefined when it is malformed or too large. */
  readonly value: number | undefined;
  readonly span: Span;
}

export type RangeNode =
  | { readonly kind: 'bytes'; readonly span: Span; readonly start: NumberLiteral; readonly end: NumberLiteral }
  | { readonly kind: 'page'; readonly span: Span; readonly page: NumberLiteral }
  | { readonly kind: 'all'; readonly span: Span };

export interface ScenarioNode {
  readonly kind: 'scenario';
  /** From the keyword to the closing brace. */
  readonly span: Span;
  readonly keyword: Span;
  readonly name: StringLiteral | undefined;
  /** The run of `///` lines right above. */
  readonly documentation: Documentation | undefined;
  /** With the braces; up to where the parser gave up when the closing one is missing. */
  readonly body: Span | undefined;
  readonly members: readonly MemberNode[];
  /** False when some syntax error lies inside: such a scenario is not checked. */
  readonly wellFormed: boolean;
}

export interface Documentation {
  /** Lines joined by `\n`, without `///` and the blank that follows it. */
  readonly text: string;
  readonly span: Span;
}

export type MemberNode =
  | KernelNode
  | GuardNode
  | FileNode
  | MountNode
  | TaskNode
  | OrderNode
  | InterleavingNode
  | ExpectNode
  | ReachNode
  | BoundNode;

interface Member<Kind extends string> {
  /** The word that the member begins with. */
  readonly kind: Kind;
  readonly span: Span;
  readonly keyword: Span;
}

export interface KernelNode extends Member<'kernel'> {
  /** As written: `5.10`. */
  readonly version: Identifier | undefined;
}

export interface GuardNode extends Member<'guard'> {
  readonly name: Identifier | undefined;
  /** `on` or `off`. */
  readonly state: Identifier | undefined;
}

export interface FileNode extends Member<'file'> {
  readonly name: Identifier | undefined;
  readonly attributes: readonly FileAttribute[];
}

export type FileAttribute =
  | { readonly kind: 'size'; readonly span: Span; readonly size: NumberLiteral | undefined }
  | { readonly kind: 'data' | 'prealloc'; readonly span: Span; readonly ranges: readonly RangeNode[] }
  | { readonly kind: 'needs-full-sync' | 'nodatacow' | 'new' | 'directory'; readonly span: Span };

export interface MountNode extends Member<'mount'> {
  readonly options: readonly Identifier[];
}

export interface TaskNode extends Member<'task'> {
  readonly name: Identifier | undefined;
  /** With the braces. */
  readonly body: Span | undefined;
  readonly operations: readonly OperationNode[];
}

/** One operation; which operands it has follows from its word (see `operationForms`). */
export interface OperationNode {
  /** From the label, or the word, to the last operand. */
  readonly span: Span;
  readonly label: Identifier | undefined;
  /** The operation's word; any other word when `known` is false. */
  readonly word: Identifier;
  readonly known: boolean;
  readonly file: Identifier | undefined;
  readonly range: RangeNode | undefined;
  /** New size of `truncate`. */
  readonly size: NumberLiteral | undefined;
  /** What follows `to`, `as` or `mkdir`: the file cloned into, or a new name. */
  readonly target: Identifier | undefined;
  /** Offset in the target of `clone`. */
  readonly at: NumberLiteral | undefined;
  readonly keepSize: Span | undefined;
  /** `enomem` or `io`, of `fault`. */
  readonly failure: Identifier | undefined;
  /** Where a `fault` strikes. */
  readonly on: ReferenceNode | undefined;
}

/** `task.operation` or `task.label`, with `@step` or without. */
export interface ReferenceNode {
  readonly span: Span;
  readonly task: Identifier;
  readonly operation: Identifier | undefined;
  readonly step: Identifier | undefined;
}

export interface OrderNode extends Member<'order'> {
  readonly before: ReferenceNode | undefined;
  readonly after: ReferenceNode | undefined;
}

export interface InterleavingNode extends Member<'interleaving'> {
  readonly name: StringLiteral | undefined;
  /** With the braces. */
  readonly body: Span | undefined;
  readonly entries: readonly EntryNode[];
}

export type EntryNode =
  | {
      readonly kind: 'task';
      readonly span: Span;
      readonly task: Identifier;
      readonly operation: Identifier | undefined;
      readonly until: Identifier | undefined;
    }
  | {
      readonly kind: 'endio';
      readonly span: Span;
      readonly file: Identifier | undefined;
      readonly range: RangeNode | undefined;
      readonly until: Identifier | undefined;
    }
  | { readonly kind: 'crash'; readonly span: Span };

export interface ExpectNode extends Member<'expect'> {
  /** `safe`, `lost`, `corrupt` or `resurrected`. */
  readonly what: Identifier | undefined;
  readonly file: Identifier | undefined;
  readonly range: RangeNode | undefined;
}

export interface ReachNode extends Member<'reach'> {
  readonly name: StringLiteral | undefined;
  readonly condition: ConditionNode | undefined;
}

export type ConditionNode =
  | { readonly kind: 'and' | 'or'; readonly span: Span; readonly operands: readonly ConditionNode[] }
  | { readonly kind: 'not'; readonly span: Span; readonly operand: ConditionNode }
  /** `app.fsync is fast`, `app.fsync returned`. */
  | { readonly kind: 'operation'; readonly span: Span; readonly reference: ReferenceNode; readonly state: Identifier }
  /** `kswapd is at STEP`. */
  | { readonly kind: 'task-at'; readonly span: Span; readonly task: Identifier; readonly step: Identifier }
  /** `I 0..4K logged`, `I 0..4K in modified` (state `modified`). */
  | {
      readonly kind: 'range';
      readonly span: Span;
      readonly file: Identifier;
      readonly range: RangeNode;
      readonly state: Identifier;
    }
  /** `I.needs-full-sync`. */
  | { readonly kind: 'file-flag'; readonly span: Span; readonly file: Identifier; readonly flag: Identifier };

export interface BoundNode extends Member<'bound'> {
  /** `states` or `steps`. */
  readonly what: Identifier | undefined;
  readonly limit: NumberLiteral | undefined;
}
