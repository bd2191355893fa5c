// @ts-check
import { fixTheRace } from './fix-the-race.mjs';
import { replayTheRace } from './replay-the-race.mjs';

/**
 * What a user does, in order, starting from a freshly opened scenario; each step goes on where the one before ended.
 * @type {import('../test-list.mjs').TestList<import('./desk.mjs').Desk>[]}
 */
export const journeys = [fixTheRace, replayTheRace];
