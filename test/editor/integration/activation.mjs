// @ts-check
import assert from 'node:assert/strict';
import { awaitRace, showSeed } from './scenario-document.mjs';

/** @type {import('../test-list.mjs').TestList<typeof import('vscode')>} */
export const activationTests = {
  'opening a scenario activates the extension': async (vscode) => {
    const extension = vscode.extensions.getExtension('fsrace.fsrace');
    assert.ok(extension, 'VS Code found the extension');
    const document = await showSeed(vscode, 'activation');
    assert.equal(document.languageId, 'fsrace');
    await awaitRace(vscode, document);
    assert.equal(extension.isActive, true);
  },

  'the commands of the package are registered': async (vscode) => {
    const extension = vscode.extensions.getExtension('fsrace.fsrace');
    /** @type {{ command: string }[]} */
    const contributed = extension?.packageJSON.contributes.commands ?? [];
    assert.ok(contributed.length > 0);
    await extension?.activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      contributed.map(({ command }) => command).filter((command) => !registered.has(command)),
      [],
    );
  },
};
