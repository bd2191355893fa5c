// @ts-check
import { fixTheRace } from './fix-the-race.mjs';
import { replayTheRace } from './replay-the-race.mjs';

/**
 * @typedef {object} Desk what a journey works with
 * @property {import('playwright-core').Page} page VS Code with the seed's scenario open
 * @property {string} folder the workspace, a copy of the shipped scenarios
 * @property {string} text of the seed's scenario as it was opened
 */

/**
 * What a user does, in order, starting from a freshly opened scenario; each step goes on where the one before ended.
 * @type {import('../test-list.mjs').TestList<Desk>[]}
 */
export const journeys = [fixTheRace, replayTheRace];
