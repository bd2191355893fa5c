// @ts-check
/**
 * What the extension host loads. It is CommonJS because only that kind of test module gets the `vscode` module in every
 * VS Code since 1.91; the tests are ES modules and are handed it.
 */
const vscode = require('vscode');

/** @returns {Promise<void>} rejects when a test failed */
exports.run = async () => {
  const { describeResult, runTests } = await import('../test-list.mjs');
  const { integrationTests } = await import('./tests.mjs');
  const good = await runTests(integrationTests, vscode, (result) => console.log(describeResult(result)));
  if (!good) throw new Error('integration tests failed');
};
