// @ts-check
import assert from 'node:assert/strict';
import { seed } from '../seed.mjs';

const eventLimit = 20_000;

/**
 * @param {typeof import('vscode')} vscode
 * @param {string} name
 * @returns {import('vscode').Uri} a file of the workspace
 */
function workspaceFile({ Uri, workspace }, name) {
  const folder = workspace.workspaceFolders?.[0];
  assert.ok(folder, 'a workspace folder is open');
  return Uri.joinPath(folder.uri, name);
}

/**
 * Shows a copy of the seed's scenario in an editor, so that tests do not see each other's edits.
 * @param {typeof import('vscode')} vscode
 * @param {string} name of the copy, without extension
 * @param {(text: string) => string} [change] applied to the text before it is opened
 * @returns {Promise<import('vscode').TextDocument>}
 */
export async function showSeed(vscode, name, change = (text) => text) {
  const { fs, openTextDocument } = vscode.workspace;
  const copy = workspaceFile(vscode, `${name}.fsrace`);
  const text = new TextDecoder().decode(await fs.readFile(workspaceFile(vscode, seed.file)));
  await fs.writeFile(copy, new TextEncoder().encode(change(text)));
  const document = await openTextDocument(copy);
  await vscode.window.showTextDocument(document, { preview: false });
  return document;
}

/**
 * Waits until the diagnostics of a document are as wanted; each change of them is an event.
 * @param {typeof import('vscode')} vscode
 * @param {import('vscode').Uri} uri
 * @param {(diagnostics: import('vscode').Diagnostic[]) => boolean} wanted
 * @returns {Promise<import('vscode').Diagnostic[]>}
 * @throws {Error} after 20 s, with the diagnostics there are
 */
export function awaitDiagnostics({ languages }, uri, wanted) {
  return new Promise((resolve, reject) => {
    const look = () => {
      const diagnostics = languages.getDiagnostics(uri);
      if (!wanted(diagnostics)) return;
      finish();
      resolve(diagnostics);
    };
    const subscription = languages.onDidChangeDiagnostics(({ uris }) => {
      if (uris.some((changed) => changed.toString() === uri.toString())) look();
    });
    const timer = setTimeout(() => {
      finish();
      const found = languages.getDiagnostics(uri).map(({ code, message }) => ({ code, message }));
      reject(new Error(`after ${eventLimit / 1000} s the diagnostics are still ${JSON.stringify(found)}`));
    }, eventLimit);
    const finish = () => {
      clearTimeout(timer);
      subscription.dispose();
    };
    look();
  });
}

/**
 * @param {import('vscode').Diagnostic} diagnostic
 * @returns {string} its code, also when it links to a page
 */
export function codeOf({ code }) {
  return String(typeof code === 'object' ? code.value : code);
}

/**
 * Waits for the race that the seed's scenario shows.
 * @param {typeof import('vscode')} vscode
 * @param {import('vscode').TextDocument} document
 * @returns {Promise<import('vscode').Diagnostic>} the one on the operation whose promise is broken
 */
export async function awaitRace(vscode, document) {
  /** @param {import('vscode').Diagnostic} diagnostic */
  const isRace = (diagnostic) =>
    codeOf(diagnostic) === 'lost-extent' && document.getText(diagnostic.range) === seed.blamed;
  const diagnostics = await awaitDiagnostics(vscode, document.uri, (found) => found.some(isRace));
  const race = diagnostics.find(isRace);
  assert.ok(race);
  return race;
}
