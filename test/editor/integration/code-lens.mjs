// @ts-check
import assert from 'node:assert/strict';
import { awaitRace, showSeed } from './scenario-document.mjs';

/** @type {import('../test-list.mjs').TestList<typeof import('vscode')>} */
export const codeLensTests = {
  'a scenario and its interleaving each have a replay lens': async (vscode) => {
    const document = await showSeed(vscode, 'code-lens');
    await awaitRace(vscode, document);
    /** @type {import('vscode').CodeLens[]} */
    const lenses = await vscode.commands.executeCommand('vscode.executeCodeLensProvider', document.uri, 100);
    const replayed = lenses
      .filter(({ command }) => command?.title.startsWith('▶ Replay'))
      .map(({ range }) => document.lineAt(range.start.line).text.trim().split(' ')[0]);
    assert.deepEqual(replayed.sort(), ['interleaving', 'scenario']);
  },

  'a lens tells how many interleavings there are and how many lose data': async (vscode) => {
    const document = await showSeed(vscode, 'code-lens-count');
    await awaitRace(vscode, document);
    /** @type {import('vscode').CodeLens[]} */
    const lenses = await vscode.commands.executeCommand('vscode.executeCodeLensProvider', document.uri, 100);
    const titles = lenses.map(({ command }) => command?.title ?? '');
    assert.ok(
      titles.some((title) => /[1-9][\d,.]* interleavings?, [1-9][\d,.]* loses? data/.test(title)),
      titles.join(' | '),
    );
  },
};
