// @ts-check
import { activationTests } from './activation.mjs';
import { codeLensTests } from './code-lens.mjs';
import { completionTests } from './completion.mjs';
import { diagnosticTests } from './diagnostics.mjs';
import { documentSymbolTests } from './document-symbols.mjs';
import { hoverTests } from './hover.mjs';
import { quickFixTests } from './quick-fix.mjs';

/** @type {import('../test-list.mjs').TestList<typeof import('vscode')>} */
export const integrationTests = {
  ...activationTests,
  ...diagnosticTests,
  ...codeLensTests,
  ...quickFixTests,
  ...hoverTests,
  ...completionTests,
  ...documentSymbolTests,
};
