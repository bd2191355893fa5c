// @ts-check
import assert from 'node:assert/strict';
import { seed } from '../seed.mjs';
import { showSeed } from './scenario-document.mjs';

/** @type {import('../test-list.mjs').TestList<typeof import('vscode')>} */
export const hoverTests = {
  'an operation is explained with the kernel function behind it': async (vscode) => {
    const document = await showSeed(vscode, 'hover');
    const place = document.positionAt(document.getText().indexOf('releasepage I') + 1);
    /** @type {import('vscode').Hover[]} */
    const hovers = await vscode.commands.executeCommand('vscode.executeHoverProvider', document.uri, place);
    const text = hovers
      .flatMap(({ contents }) => contents)
      .map((content) => (typeof content === 'string' ? content : content.value))
      .join('\n');
    assert.match(text, seed.kernelFunction);
  },
};
