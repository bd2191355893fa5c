import type { MemberNode } from './syntax-tree.ts';
import type { MemberWord } from './words.ts';

/** The members of a scenario by the word they begin with, each list in the order of the text. */
export type MembersByWord = { readonly [Word in MemberWord]: readonly Extract<MemberNode, { kind: Word }>[] };

/** Sorts members by their word. */
export function membersByWord(members: readonly MemberNode[]): MembersByWord {
  return {
    kernel: members.filter((member) => member.kind === 'kernel'),
    guard: members.filter((member) => member.kind === 'guard'),
    file: members.filter((member) => member.kind === 'file'),
    mount: members.filter((member) => member.kind === 'mount'),
    task: members.filter((member) => member.kind === 'task'),
    order: members.filter((member) => member.kind === 'order'),
    interleaving: members.filter((member) => member.kind === 'interleaving'),
    expect: members.filter((member) => member.kind === 'expect'),
    reach: members.filter((member) => member.kind === 'reach'),
    bound: members.filter((member) => member.kind === 'bound'),
  };
}
