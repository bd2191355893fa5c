// @ts-check
import { errors } from 'playwright-core';
import { goTo } from './keyboard.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** How long a code lens must stand before it is clicked, and how long each wait for one is, in milliseconds. */
const lensStands = 600;
const lensWait = 3000;
const lensAttempts = 20;

/**
 * @param {Page} page
 * @param {'error' | 'warning'} severity
 */
export const squiggle = (page, severity) => page.locator(`.monaco-editor .squiggly-${severity}`).first();

/**
 * @param {Page} page
 * @returns {Promise<string>} the visible lines of the active editor, with plain spaces
 */
export async function visibleText(page) {
  const lines = page.locator('.editor-instance .view-lines').first().locator('.view-line');
  // Monaco adds lines to the document in any order: their places tell which comes first.
  const placed = await lines.evaluateAll((elements) =>
    elements.map((element) => ({ top: element.getBoundingClientRect().top, text: element.textContent ?? '' })),
  );
  placed.sort((a, b) => a.top - b.top);
  return placed.map(({ text }) => text.replaceAll('\u00a0', ' ')).join('\n');
}

/**
 * Clicks a code lens. VS Code draws a lens several times when a file is opened, in between as text that does nothing, and
 * may leave it so until the editor moves: this waits for a link that stays, and moves the cursor when none comes.
 * @param {Page} page
 * @param {string} title
 */
export async function clickLens(page, title) {
  const links = page.locator('.codelens-decoration a', { hasText: title });
  for (let attempt = 1; attempt <= lensAttempts; attempt += 1) {
    const link = await links.first().elementHandle({ timeout: lensWait }).catch(ignoreTimeout);
    if (link) {
      const replaced = link.waitForElementState('hidden', { timeout: lensStands }).then(() => true);
      if (await replaced.catch(ignoreTimeout)) continue;
      const clicked = links
        .first()
        .click({ timeout: lensWait })
        .then(() => true);
      if (await clicked.catch(ignoreTimeout)) return;
    } else {
      await goTo(page, { line: 2, column: 1 });
      await goTo(page, { line: 1, column: 1 });
    }
  }
  throw new Error(`no code lens ${title} that stays`);
}

/**
 * @param {unknown} error
 * @returns {undefined} when the error only says that something did not happen in time
 */
function ignoreTimeout(error) {
  if (error instanceof errors.TimeoutError) return undefined;
  throw error;
}

/**
 * @param {Page} page
 * @param {string} word the first visible place of this token is hovered
 * @returns {Promise<import('playwright-core').Locator>} the hover
 */
export async function hover(page, word) {
  await page.locator('.editor-instance .view-line span span', { hasText: word }).first().hover();
  return page.locator('.monaco-hover', { hasText: word }).first();
}

/**
 * Opens the quick fix menu at the cursor.
 * @param {Page} page
 * @returns {Promise<import('playwright-core').Locator>} its rows
 */
export async function openQuickFixes(page) {
  await page.keyboard.press('Control+.');
  const rows = page.locator('.action-widget .monaco-list-row');
  await rows.first().waitFor();
  return rows;
}
