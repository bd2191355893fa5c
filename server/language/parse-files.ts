import { parseName } from './names.ts';
import { parseNumber, parseRange } from './operands.ts';
import type { FileAttribute, FileNode, RangeNode, Span } from './syntax-tree.ts';
import { spanOf, type TokenStream } from './token-stream.ts';
import { fileAttributes, isMemberWord } from './words.ts';

type AttributeWord = (typeof fileAttributes)[number];

/** Parses what follows `file`: a name and attributes in any order. */
export function parseFile(stream: TokenStream, keyword: Span): FileNode {
  const name = parseName(stream, 'the name of the file', (next) => isAttributeWord(next) || isMemberWord(next));
  const attributes: FileAttribute[] = [];
  for (let word = stream.word(); !stream.lost && isAttributeWord(word); word = stream.word()) {
    attributes.push(parseAttribute(stream, word));
  }
  return { kind: 'file', keyword, name, attributes, span: stream.spanFrom(keyword.start) };
}

function isAttributeWord(word: string | undefined): word is AttributeWord {
  return fileAttributes.some((attribute) => attribute === word);
}

function parseAttribute(stream: TokenStream, word: AttributeWord): FileAttribute {
  const keyword = spanOf(stream.take());
  switch (word) {
    case 'size': {
      const size = parseNumber(stream, 'a size');
      return { kind: word, size, span: stream.spanFrom(keyword.start) };
    }
    case 'data':
    case 'prealloc': {
      const ranges = parseRanges(stream);
      return { kind: word, ranges, span: stream.spanFrom(keyword.start) };
    }
    case 'needs-full-sync':
    case 'nodatacow':
    case 'new':
    case 'directory':
      return { kind: word, span: keyword };
  }
}

function parseRanges(stream: TokenStream): RangeNode[] {
  const ranges: RangeNode[] = [];
  do {
    const range = parseRange(stream);
    if (range === undefined) break;
    ranges.push(range);
  } while (stream.accept(',') !== undefined);
  return ranges;
}
