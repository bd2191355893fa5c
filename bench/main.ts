import { benchEditToVerdict, benchStartUp } from './language-server.ts';
import { benchSearch } from './search.ts';

/** The root of the project is the only argument. */
async function main(root: string): Promise<void> {
  benchSearch(root);
  await benchStartUp(root);
  await benchEditToVerdict(root);
}

void main(process.argv[2]!);
