import { type Sentence, sentenceText } from '../../../engine/index.ts';
import type { Terminal } from '../terminal.ts';
import { wrap } from './table.ts';

const indent = '  ';

/** Why a loss comes about, as a paragraph; none where nothing is known of that. */
export function explanationLines({ width }: Terminal, sentences: readonly Sentence[]): string[] {
  if (sentences.length === 0) return [];
  return wrap(sentences.map(sentenceText).join(' '), width - indent.length).map((line) => indent + line);
}
