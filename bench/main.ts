import { benchEditToVerdict, benchStartUp } from './language-server.ts';
import { benchPeers } from './peers.ts';
import { benchSearch } from './search.ts';

/** Arguments: the root of the project, and `--write` to put the table of peers into docs/performance.md. */
async function main(root: string, ...options: string[]): Promise<void> {
  if (options.includes('--peers')) return benchPeers(root, options.includes('--write'));
  benchSearch(root);
  await benchStartUp(root);
  await benchEditToVerdict(root);
  await benchPeers(root, options.includes('--write'));
}

void main(process.argv[2]!, ...process.argv.slice(3));
