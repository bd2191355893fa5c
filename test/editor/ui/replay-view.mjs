// @ts-check

/**
 * @param {import('playwright-core').Page} page
 * @returns {import('playwright-core').FrameLocator} the document of the webview that is shown
 */
export const replayView = (page) => page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
