// @ts-check
import assert from 'node:assert/strict';
import { showSeed } from './scenario-document.mjs';

/** @type {import('../test-list.mjs').TestList<typeof import('vscode')>} */
export const completionTests = {
  'after `guard` the guards are offered': async (vscode) => {
    const document = await showSeed(vscode, 'completion', (text) => text.replace(/^ *kernel .*$/m, '$&\n  guard '));
    const place = document.positionAt(document.getText().indexOf('  guard ') + '  guard '.length);
    /** @type {import('vscode').CompletionList} */
    const { items } = await vscode.commands.executeCommand('vscode.executeCompletionItemProvider', document.uri, place);
    const labels = items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    assert.ok(labels.includes('releasepage.modified-list'), labels.join(', '));
  },
};
