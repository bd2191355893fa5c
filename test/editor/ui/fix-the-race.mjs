// @ts-check
import assert from 'node:assert/strict';
import { placeOf, seed } from '../seed.mjs';
import { hover, openQuickFixes, squiggle, visibleText } from './editor.mjs';
import { goTo } from './keyboard.mjs';
import { screenshot } from './screenshots.mjs';

/** @type {import('../test-list.mjs').TestList<import('./desk.mjs').Desk>} */
export const fixTheRace = {
  'the scenario opens with the race underlined': async ({ page }) => {
    await page.locator('.tab', { hasText: seed.file }).waitFor();
    await squiggle(page, 'error').waitFor();
  },

  'the Problems panel tells the race': async ({ page }) => {
    await page.keyboard.press('Control+Shift+M');
    await page.locator('.markers-panel .monaco-list-row', { hasText: seed.message }).first().waitFor();
    await screenshot(page, 'diagnostics');
  },

  'hovering an operation explains it': async ({ page }) => {
    const shown = await hover(page, 'releasepage');
    await shown.filter({ hasText: seed.kernelFunction }).waitFor();
    await page.keyboard.press('Escape');
  },

  'the quick fix menu offers both fixes, the proved guard first': async ({ page, text }) => {
    await goTo(page, placeOf(text, seed.blamed));
    const fixes = await openQuickFixes(page);
    await fixes.filter({ hasText: seed.kernelFix }).waitFor();
    await page.locator('.action-widget .monaco-list-row.focused', { hasText: seed.guardFix }).waitFor();
    await screenshot(page, 'quick-fix-menu');
  },

  'Enter applies it, and the underlining goes': async ({ page }) => {
    await page.keyboard.press('Enter');
    await squiggle(page, 'error').waitFor({ state: 'detached' });
    const lines = (await visibleText(page)).split('\n').map((line) => line.trim());
    const kernelLine = lines.findIndex((line) => line.startsWith('kernel '));
    assert.ok(kernelLine >= 0);
    assert.equal(lines[kernelLine + 1], seed.guardLine);
    await page.locator('.markers-panel', { hasText: 'No problems have been detected' }).waitFor();
    await screenshot(page, 'fixed');
  },

  'undo brings the race back': async ({ page }) => {
    await page.keyboard.press('Control+Z');
    await squiggle(page, 'error').waitFor();
    assert.ok(!(await visibleText(page)).includes(seed.guardLine));
  },
};
