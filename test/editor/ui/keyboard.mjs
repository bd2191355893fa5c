// @ts-check

/** The quick input closes when the focus goes elsewhere, as at start-up: it is opened again this often. */
const quickInputAttempts = 5;

/**
 * Moves the cursor with Ctrl+G. (A click on a line would do it too, but a line's element is far wider than the editor, and
 * Playwright scrolls the editor sideways to reach its middle.)
 * @param {import('playwright-core').Page} page
 * @param {{ line: number, column: number }} place both from 1
 */
export async function goTo(page, { line, column }) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await page.keyboard.press('Control+G');
      await page.locator('.quick-input-widget input[type=text]').fill(`:${line}:${column}`, { timeout: 3000 });
      await page.keyboard.press('Enter');
      return await page.locator('.statusbar-item', { hasText: `Ln ${line}, Col ${column}` }).waitFor({ timeout: 3000 });
    } catch (error) {
      if (attempt === quickInputAttempts) throw error;
      await page.keyboard.press('Escape');
    }
  }
}
