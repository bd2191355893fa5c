// @ts-check
import assert from 'node:assert/strict';
import { seed } from '../seed.mjs';
import { awaitDiagnostics, awaitRace, codeOf, showSeed } from './scenario-document.mjs';

/** A shortest losing interleaving of the seed's scenario has no fewer steps, on any reading of the kernel's functions. */
const fewestSteps = 10;

/** @type {import('../test-list.mjs').TestList<typeof import('vscode')>} */
export const diagnosticTests = {
  'the race is an error on the fsync whose promise is broken': async (vscode) => {
    const race = await awaitRace(vscode, await showSeed(vscode, 'diagnostic'));
    assert.match(race.message, seed.message);
    assert.equal(race.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(race.source, 'fsrace');
  },

  'its code links to documentation': async (vscode) => {
    const { code } = await awaitRace(vscode, await showSeed(vscode, 'diagnostic-code'));
    assert.ok(typeof code === 'object');
    assert.ok(code.target instanceof vscode.Uri);
    assert.notEqual(code.target.scheme, '');
  },

  'each step of the losing interleaving is a related location': async (vscode) => {
    const document = await showSeed(vscode, 'related-steps');
    const { relatedInformation: steps = [] } = await awaitRace(vscode, document);
    assert.ok(steps.length >= fewestSteps, `${steps.length} steps`);
    for (const { location, message } of steps) {
      assert.equal(location.uri.toString(), document.uri.toString());
      assert.ok(!location.range.isEmpty, `${message} has a place`);
      assert.notEqual(message.trim(), '');
    }
    const places = new Set(steps.map(({ location }) => document.getText(location.range)));
    // The fsync writes the pages itself: a run with the flusher is longer.
    for (const operation of ['write I 0..4K', 'releasepage I 0..4K', seed.blamed]) {
      assert.ok(places.has(operation), `a step is at ${operation}; they are at ${[...places].join(', ')}`);
    }
  },

  'the spelled out interleaving is judged on its own, at its crash': async (vscode) => {
    const document = await showSeed(vscode, 'explicit-interleaving');
    /** @param {import('vscode').Diagnostic} diagnostic */
    const isAtCrash = (diagnostic) =>
      codeOf(diagnostic) === 'lost-extent' && document.getText(diagnostic.range) === 'crash';
    const found = await awaitDiagnostics(vscode, document.uri, (diagnostics) => diagnostics.some(isAtCrash));
    assert.equal(found.filter(isAtCrash).length, 1);
  },

  'a syntax error is at its place, and the race is back when it is repaired': async (vscode) => {
    const document = await showSeed(vscode, 'syntax-error', (text) => text.replace(seed.blamed, 'fsnyc I'));
    const [error] = await awaitDiagnostics(vscode, document.uri, (found) => found.length > 0);
    assert.ok(error);
    assert.match(document.getText(error.range), /fsnyc/);
    const repair = new vscode.WorkspaceEdit();
    const start = document.positionAt(document.getText().indexOf('fsnyc I'));
    repair.replace(document.uri, new vscode.Range(start, start.translate(0, 'fsnyc I'.length)), seed.blamed);
    assert.ok(await vscode.workspace.applyEdit(repair));
    await awaitRace(vscode, document);
  },
};
