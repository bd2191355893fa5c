import { benchGrowth } from './growth.ts';
import { benchEditToVerdict, benchStartUp } from './language-server.ts';
import { benchPeers } from './peers.ts';
import { benchSearch } from './search.ts';

/** Arguments: the root of the project, `--peers` or `--growth` for one of them, and `--write` to put their tables into docs/performance.md. */
async function main(root: string, ...options: string[]): Promise<void> {
  const write = options.includes('--write');
  if (options.includes('--peers')) return benchPeers(root, write);
  if (options.includes('--growth')) return benchGrowth(root, write);
  benchSearch(root);
  await benchStartUp(root);
  await benchEditToVerdict(root);
  benchGrowth(root, write);
  await benchPeers(root, write);
}

void main(process.argv[2]!, ...process.argv.slice(3));
