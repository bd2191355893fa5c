// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The themes of pictures: how VS Code names them, and the class that the workbench and webviews then carry. */
export const themes = {
  dark: { setting: 'Default Dark Modern', workbench: 'vs-dark', webview: 'vscode-dark' },
  light: { setting: 'Default Light Modern', workbench: 'vs', webview: 'vscode-light' },
  'high-contrast': { setting: 'Default High Contrast', workbench: 'hc-black', webview: 'vscode-high-contrast' },
};

/**
 * Sets the colour theme in the workspace's settings, which VS Code watches.
 * @param {import('playwright-core').Page} page
 * @param {string} folder the workspace
 * @param {keyof typeof themes} theme
 */
export async function setTheme(page, folder, theme) {
  const { setting, workbench } = themes[theme];
  mkdirSync(path.join(folder, '.vscode'), { recursive: true });
  writeFileSync(path.join(folder, '.vscode/settings.json'), JSON.stringify({ 'workbench.colorTheme': setting }));
  await page.locator(`.monaco-workbench.${workbench}`).waitFor();
}
