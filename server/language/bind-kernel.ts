import { findGuard, guards, isRetired, kernelProfile, newestRelease } from '../../engine/index.ts';
import type { Problems } from './problems.ts';
import type { GuardNode, Identifier, KernelNode, Span } from './syntax-tree.ts';

/** The release that a scenario asks for; undefined when it names none, or none that can be. */
export function bindKernel(nodes: readonly KernelNode[], problems: Problems): Identifier | undefined {
  const [first, ...again] = nodes;
  for (const node of again) problems.duplicate('`kernel` is given twice', node.span, first!.span);
  const version = first?.version;
  if (version === undefined) return undefined;
  const [release] = /\d+\.\d+(\.\d+)?/.exec(version.text) ?? [];
  if (release !== version.text) {
    const hint = release === undefined ? 'a release is written like `5.8`' : `did you mean \`${release}\`?`;
    problems.error('unknown-name', `\`${version.text}\` is no kernel release; ${hint}`, version.span, {
      fixes: release === undefined ? undefined : replace(version.span, release),
    });
    return undefined;
  }
  const profile = kernelProfile(release);
  if (profile.approximate) {
    const message = `the rules of ${release} are not modelled; those of ${profile.rulesOf} are used`;
    problems.warning('profile-approximate', message, version.span);
  }
  return version;
}

function replace(span: Span, newText: string) {
  return [{ title: `Replace with \`${newText}\``, edits: [{ span, newText }] }];
}

/** The guards that a scenario sets, on or off, with the place of each. */
interface BoundGuards {
  readonly settings: Readonly<Record<string, boolean>>;
  readonly sources: Readonly<Record<string, Span>>;
}

/** Checks the guard members against the catalogue and the release. */
export function bindGuards(
  nodes: readonly GuardNode[],
  release: string = newestRelease,
  problems: Problems,
): BoundGuards {
  const settings: Record<string, boolean> = {};
  const sources: Record<string, Span> = {};
  for (const { name, state, span } of nodes) {
    if (name === undefined || state === undefined) continue;
    const guard = findGuard(name.text);
    const first = sources[name.text];
    if (guard === undefined) {
      const names = guards.map((candidate) => candidate.name);
      problems.unknownName(`unknown guard \`${name.text}\``, name, names);
    } else if (first !== undefined) {
      problems.duplicate(`guard \`${name.text}\` is set twice`, span, first);
    } else {
      settings[name.text] = state.text === 'on';
      sources[name.text] = span;
      if (isRetired(guard, release)) {
        const message = `\`${name.text}\` does nothing in ${release}: its code is gone since ${guard.retired}`;
        problems.hint('retired-guard', message, span);
      }
    }
  }
  return { settings, sources };
}
