// @ts-check

/** @typedef {import('playwright-core').Page} Page */

/** The quick input closes when the focus goes elsewhere, as at start-up: it is opened again this often. */
const quickInputAttempts = 5;

/**
 * Opens a quick input, fills it and waits for the row that is meant.
 * @param {Page} page
 * @param {string} keys what opens it
 * @param {string} text what is typed into it
 * @param {string} row text of the wanted row
 */
async function pickRow(page, keys, text, row) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await page.keyboard.press(keys);
      await page.locator('.quick-input-widget input[type=text]').fill(text, { timeout: 3000 });
      await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: row }).waitFor({ timeout: 3000 });
      return await page.keyboard.press('Enter');
    } catch (error) {
      if (attempt === quickInputAttempts) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/**
 * Moves the cursor as Ctrl+G does. (A click on a line would do it too, but a line's element is far wider than the
 * editor, and Playwright scrolls the editor sideways to reach its middle.)
 * @param {Page} page
 * @param {{ line: number, column: number }} place both from 1
 */
export async function goTo(page, { line, column }) {
  await pickRow(page, 'Control+G', `:${line}:${column}`, `line ${line}`);
  await page.locator('.statusbar-item', { hasText: `Ln ${line}, Col ${column}` }).waitFor();
}

/**
 * @param {Page} page
 * @param {string} command its title in the command palette
 */
export const runCommand = (page, command) => pickRow(page, 'F1', `>${command}`, command);
