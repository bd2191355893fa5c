import { type ByteRange, formatOffset, type ScenarioFile } from '../../engine/index.ts';
import type { Problems } from './problems.ts';
import { bindRange } from './ranges.ts';
import type { FileAttribute, FileNode, RangeNode, Span } from './syntax-tree.ts';

/** Lowers one file; undefined when something about it was reported. */
export function bindFile(node: FileNode, problems: Problems): ScenarioFile | undefined {
  const before = problems.errors;
  reportRepeated(node, problems);
  let size: number | undefined;
  let ranges: readonly RangeNode[] = [];
  let needsFullSync = false;
  for (const attribute of node.attributes) {
    if (attribute.kind === 'size') size = attribute.size?.value;
    else if (attribute.kind === 'data') ranges = attribute.ranges;
    else if (attribute.kind === 'needs-full-sync') needsFullSync = true;
    else if (attribute.kind === 'new') reportOthers(node, attribute, problems);
    else problems.notModelled(`file attribute \`${attribute.kind}\``, attribute.span);
  }
  const data = ranges.flatMap((range) => bindData(range, size, problems) ?? []);
  reportOverlaps(data, problems);
  if (node.name === undefined || problems.errors > before) return undefined;
  // Without a size, the file ends where its last data end.
  size ??= data.reduce((end, range) => Math.max(end, range.end), 0);
  return { name: node.name.text, size, data: data.map(({ start, end }) => ({ start, end })), needsFullSync };
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

interface PlacedRange extends ByteRange {
  readonly span: Span;
}

function bindData(node: RangeNode, size: number | undefined, problems: Problems): PlacedRange | undefined {
  let range = bindRange(node, problems);
  if (range === 'all') {
    if (size === undefined || size === 0) {
      problems.error('invalid-range', '`data all` needs a `size` to fill', node.span);
      return undefined;
    }
    range = { start: 0, end: size };
  }
  if (range !== undefined && size !== undefined && range.end > size) {
    const message = `the range ends at ${formatOffset(range.end)}, past the size of the file (${formatOffset(size)})`;
    problems.error('invalid-range', message, node.span);
    return undefined;
  }
  return range && { ...range, span: node.span };
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
