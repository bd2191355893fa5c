// @ts-check
import assert from 'node:assert/strict';
import { seed } from '../seed.mjs';
import { awaitDiagnostics, awaitRace, showSeed } from './scenario-document.mjs';

/**
 * @param {typeof import('vscode')} vscode
 * @param {import('vscode').TextDocument} document
 * @returns {Promise<import('vscode').CodeAction[]>} the quick fixes offered for the race
 */
async function fixesOfRace(vscode, document) {
  const { range } = await awaitRace(vscode, document);
  return vscode.commands.executeCommand('vscode.executeCodeActionProvider', document.uri, range, 'quickfix', 100);
}

/**
 * Applies a fix and waits until the checker has found nothing more.
 * @param {typeof import('vscode')} vscode
 * @param {import('vscode').TextDocument} document
 * @param {import('vscode').CodeAction} fix
 */
async function applyFix(vscode, document, fix) {
  assert.ok(fix.edit, `${fix.title} is an edit`);
  assert.ok(await vscode.workspace.applyEdit(fix.edit));
  await awaitDiagnostics(vscode, document.uri, (diagnostics) => diagnostics.length === 0);
}

/** @type {import('../test-list.mjs').TestList<typeof import('vscode')>} */
export const quickFixTests = {
  'the preferred fix turns on the guard, and then nothing is wrong': async (vscode) => {
    const document = await showSeed(vscode, 'guard-fix');
    const before = document.getText().split('\n');
    const preferred = (await fixesOfRace(vscode, document)).filter(({ isPreferred }) => isPreferred);
    assert.equal(preferred.length, 1);
    const [fix] = preferred;
    assert.ok(fix);
    assert.ok(fix.title.startsWith(seed.guardFix), fix.title);
    await applyFix(vscode, document, fix);

    const kernelLine = before.findIndex((line) => line.trim().startsWith('kernel '));
    const after = document.getText().split('\n');
    assert.equal(after[kernelLine + 1], `  ${seed.guardLine}`);
    assert.deepEqual(
      after.filter((_, line) => line !== kernelLine + 1),
      before,
    );
  },

  'without the guard the race is back': async (vscode) => {
    const document = await showSeed(vscode, 'guard-removed');
    const fix = (await fixesOfRace(vscode, document)).find(({ title }) => title.startsWith(seed.guardFix));
    assert.ok(fix);
    await applyFix(vscode, document, fix);
    await vscode.commands.executeCommand('undo');
    await awaitRace(vscode, document);
  },

  'the other fix uses the first kernel release with the repair': async (vscode) => {
    const document = await showSeed(vscode, 'kernel-fix');
    const fixes = await fixesOfRace(vscode, document);
    const fix = fixes.find(({ title }) => title.startsWith(seed.kernelFix));
    assert.ok(fix, fixes.map(({ title }) => title).join(' | '));
    assert.ok(!fix.isPreferred);
    await applyFix(vscode, document, fix);
    assert.match(document.getText(), /^ {2}kernel 5\.9\b/m);
  },
};
