// @ts-check
import { rmSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../project.mjs';

const folder = path.join(projectRoot, 'test-output/screenshots');

/** Removes the pictures of earlier runs, so that none is taken for one of this run. */
export function clearScreenshots() {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} name of the picture, without extension
 */
export async function screenshot(page, name) {
  await page.screenshot({ path: path.join(folder, `${name}.png`), animations: 'disabled' });
}
