// @ts-check

/**
 * @typedef {object} Desk what a journey works with
 * @property {import('playwright-core').Page} page VS Code with the seed's scenario open
 * @property {string} folder the workspace, a copy of the shipped scenarios
 * @property {string} text of the seed's scenario as it was opened
 */

// The type is all that this file is about; a module has to export something.
export {};
