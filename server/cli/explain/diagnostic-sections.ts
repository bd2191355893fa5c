import { readFileSync } from 'node:fs';
import { diagnosticsPage } from '../../bundle.ts';

/** The sections of docs/diagnostics.md by code, in Markdown: what each diagnostic means and what to do about it. */
export function diagnosticSections(): ReadonlyMap<string, string> {
  const [, ...sections] = readFileSync(diagnosticsPage, 'utf8').split(/^### /m);
  return new Map(
    sections.map((section) => {
      const [code = '', ...text] = section.replace(/^## .*/ms, '').split('\n');
      return [code, text.join('\n').trim()];
    }),
  );
}
