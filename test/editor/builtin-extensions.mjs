// @ts-check
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runInNewContext } from 'node:vm';

/**
 * The workbench has the list of built-in extensions compiled in and asks the server for each one; this leaves only
 * those whose folder is there, which also saves a third of the start-up time.
 * @param {string} vscode the installed VS Code
 */
export function keepBuiltinExtensions(vscode) {
  const file = path.join(vscode, 'out/vs/code/browser/workbench/workbench.js');
  const source = readFileSync(file, 'utf8');
  const start = source.indexOf('[{extensionPath:"');
  if (start < 0) throw new Error('this VS Code keeps its list of built-in extensions elsewhere');
  const end = endOfLiteral(source, start);
  /** @type {{ extensionPath: string }[]} */
  const all = runInNewContext(source.slice(start, end));
  const kept = all.filter(({ extensionPath }) => existsSync(path.join(vscode, 'extensions', extensionPath)));
  writeFileSync(file, source.slice(0, start) + JSON.stringify(kept) + source.slice(end));
}

/**
 * @param {string} source minified JavaScript
 * @param {number} start where an array literal opens
 * @returns {number} just past its closing bracket; brackets inside strings do not count
 */
function endOfLiteral(source, start) {
  const token = /(["'`])(?:\\.|(?!\1).)*\1|[[{(]|[\]})]/gs;
  token.lastIndex = start;
  let depth = 0;
  for (let match = token.exec(source); match; match = token.exec(source)) {
    if ('[{('.includes(match[0])) depth += 1;
    else if (']})'.includes(match[0])) depth -= 1;
    if (depth === 0) return token.lastIndex;
  }
  throw new Error('the list of built-in extensions does not end');
}
