import { type ByteRange, blockSize, formatOffset, type ScenarioFile } from '../../engine/index.ts';
import type { Problems } from './problems.ts';
import { bindRange } from './ranges.ts';
import type { FileAttribute, FileNode, RangeNode, Span } from './syntax-tree.ts';

/** Lowers one file; undefined when something about it was reported. */
export function bindFile(node: FileNode, problems: Problems): ScenarioFile | undefined {
  const before = problems.errors;
  reportRepeated(node, problems);
  let size: number | undefined;
  let ranges: readonly RangeNode[] = [];
  let allocated: readonly RangeNode[] = [];
  let needsFullSync = false;
  let nodatacow = false;
  for (const attribute of node.attributes) {
    if (attribute.kind === 'size') size = attribute.size?.value;
    else if (attribute.kind === 'data') ranges = attribute.ranges;
    else if (attribute.kind === 'prealloc') allocated = attribute.ranges;
    else if (attribute.kind === 'needs-full-sync') needsFullSync = true;
    else if (attribute.kind === 'new') reportOthers(node, attribute, problems);
    else if (attribute.kind === 'nodatacow') nodatacow = true;
    else problems.notModelled(`file attribute \`${attribute.kind}\``, attribute.span);
  }
  const data = ranges.flatMap((range) => bindData(range, size, problems) ?? []);
  const prealloc = allocated.flatMap((range) => bindPrealloc(range, size, problems) ?? []);
  reportOverlaps([...data, ...prealloc], problems);
  if (node.name === undefined || problems.errors > before) return undefined;
  // Without a size, the file ends where its last data end.
  size ??= data.reduce((end, range) => Math.max(end, range.end), 0);
  return {
    name: node.name.text,
    size,
    data: data.map(withoutSpan),
    prealloc: prealloc.length > 0 ? prealloc.map(withoutSpan) : undefined,
    nodatacow: nodatacow || undefined,
    needsFullSync,
  };
}

/** What does not exist at the start, or is a directory, has no other attributes. */
export function reportOthers({ attributes }: FileNode, attribute: FileAttribute, problems: Problems): void {
  for (const other of attributes) {
    if (other === attribute) continue;
    const what = attribute.kind === 'new' ? 'a `new` file' : 'a directory';
    problems.error('invalid-name', `${what} has no \`${other.kind}\``, other.span);
  }
}

function reportRepeated(node: FileNode, problems: Problems): void {
  const seen = new Map<string, FileAttribute>();
  for (const attribute of node.attributes) {
    const first = seen.get(attribute.kind);
    if (first === undefined) seen.set(attribute.kind, attribute);
    else problems.duplicate(`\`${attribute.kind}\` is given twice`, attribute.span, first.span);
  }
}

function withoutSpan({ start, end }: PlacedRange): ByteRange {
  return { start, end };
}

interface PlacedRange extends ByteRange {
  readonly span: Span;
}

function bindData(node: RangeNode, size: number | undefined, problems: Problems): PlacedRange | undefined {
  const range = bindFilled(node, 'data', size, problems);
  if (range !== undefined && size !== undefined && range.end > size) {
    const message = `the range ends at ${formatOffset(range.end)}, past the size of the file (${formatOffset(size)})`;
    problems.error('invalid-range', message, node.span);
    return undefined;
  }
  return range && { ...range, span: node.span };
}

/** Prealloc extents are whole blocks, and may lie behind the size (FALLOC_FL_KEEP_SIZE). */
function bindPrealloc(node: RangeNode, size: number | undefined, problems: Problems): PlacedRange | undefined {
  const range = bindFilled(node, 'prealloc', size, problems);
  if (range !== undefined && (range.start % blockSize !== 0 || range.end % blockSize !== 0)) {
    problems.error('invalid-range', `a prealloc extent is whole blocks of ${blockSize} bytes`, node.span);
    return undefined;
  }
  return range && { ...range, span: node.span };
}

/** A range of a file that exists already: `all` is its size. */
function bindFilled(
  node: RangeNode,
  word: string,
  size: number | undefined,
  problems: Problems,
): ByteRange | undefined {
  const range = bindRange(node, problems);
  if (range !== 'all') return range;
  if (size !== undefined && size > 0) return { start: 0, end: size };
  problems.error('invalid-range', `\`${word} all\` needs a \`size\` to fill`, node.span);
  return undefined;
}

function reportOverlaps(data: readonly PlacedRange[], problems: Problems): void {
  const sorted = [...data].sort((left, right) => left.start - right.start);
  let last: PlacedRange | undefined;
  for (const range of sorted) {
    if (last !== undefined && range.start < last.end) {
      const [first, again] = last.span.start < range.span.start ? [last, range] : [range, last];
      problems.error('invalid-range', 'this range overlaps another one: each is an extent of its own', again.span, {
        related: [{ span: first.span, message: 'overlaps this range' }],
      });
    }
    if (last === undefined || range.end > last.end) last = range;
  }
}
