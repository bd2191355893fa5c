// @ts-check
import assert from 'node:assert/strict';
import { seed } from '../seed.mjs';
import { showSeed } from './scenario-document.mjs';

/** @type {import('../test-list.mjs').TestList<typeof import('vscode')>} */
export const documentSymbolTests = {
  'the outline has the scenario with its tasks': async (vscode) => {
    const document = await showSeed(vscode, 'outline');
    /** @type {import('vscode').DocumentSymbol[]} */
    const symbols = await vscode.commands.executeCommand('vscode.executeDocumentSymbolProvider', document.uri);
    const scenario = symbols.find(({ name }) => name.includes(seed.scenario));
    assert.ok(scenario, symbols.map(({ name }) => name).join(', '));
    const inside = scenario.children.map(({ name }) => name);
    assert.deepEqual(
      seed.tasks.filter((task) => !inside.some((name) => name.split(' ').includes(task))),
      [],
      `the outline has ${inside.join(', ')}`,
    );
  },
};
