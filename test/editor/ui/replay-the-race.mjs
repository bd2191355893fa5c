// @ts-check
import assert from 'node:assert/strict';
import { seed } from '../seed.mjs';
import { clickLens, squiggle } from './editor.mjs';
import { replayView } from './replay-view.mjs';
import { screenshot } from './screenshots.mjs';
import { setTheme, themes } from './theme.mjs';

/** @type {import('../test-list.mjs').TestList<import('./desk.mjs').Desk>} */
export const replayTheRace = {
  'the replay lens opens the replay, one column per task': async ({ page }) => {
    await squiggle(page, 'error').waitFor();
    await clickLens(page, '▶ Replay');
    const view = replayView(page);
    for (const task of seed.tasks) await view.getByRole('columnheader', { name: task }).waitFor();
  },

  'the arrow keys move the selected step': async ({ page }) => {
    const selected = replayView(page).locator('[aria-selected="true"]');
    await selected.first().focus();
    const texts = [];
    for (const key of ['Home', 'ArrowDown', 'ArrowDown', 'ArrowUp']) {
      await page.keyboard.press(key);
      assert.equal(await selected.count(), 1);
      texts.push(await selected.innerText());
    }
    const [first, second, third, back] = texts;
    assert.notEqual(first, second);
    assert.notEqual(second, third);
    assert.equal(back, second);
  },

  'the last step tells what a crash there loses': async ({ page }) => {
    await page.keyboard.press('End');
    await replayView(page)
      .getByText(/I 0\.\.4K/)
      .first()
      .waitFor();
  },

  ...Object.fromEntries(
    /** @type {(keyof typeof themes)[]} */ (['light', 'high-contrast', 'dark']).map((theme) => [
      `the replay follows the ${theme} theme`,
      async (/** @type {import('./desk.mjs').Desk} */ { page, folder }) => {
        await setTheme(page, folder, theme);
        await replayView(page).locator(`body.${themes[theme].webview}`).waitFor();
        await screenshot(page, `replay-${theme}`);
      },
    ]),
  ),
};
