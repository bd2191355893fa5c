import type { MemberWord } from '../language/index.ts';

/** What hover and completion say about a member of a scenario. */
interface MemberText {
  readonly form: string;
  readonly meaning: string;
}

/** The members of a scenario in words; docs/language.md tells the same at length. */
export const memberTexts: Readonly<Record<MemberWord, MemberText>> = {
  kernel: {
    form: 'kernel V',
    meaning: 'The mainline release that the scenario runs on: each guard is on or off as in that release.',
  },
  guard: { form: 'guard NAME on|off', meaning: 'Turns one historical fix on or off, whatever the release says.' },
  file: {
    form: 'file F [size S] [data R, …] [prealloc R, …] [needs-full-sync] [nodatacow] | file F new | file D directory',
    meaning: 'A file that exists, committed, before the scenario starts. Ranges that no `data` lists are holes.',
  },
  mount: {
    form: 'mount OPTION …',
    meaning:
      'How the file system is mounted: `no-holes` or `holes`, `nodatasum`, `nodatacow`, `notreelog`, `flushoncommit`, `compress`.',
  },
  task: { form: 'task T { operation … }', meaning: 'A sequence of operations that one task runs.' },
  order: {
    form: 'order A before B',
    meaning: 'Looks only at interleavings in which the first step of B comes after A has ended.',
  },
  interleaving: {
    form: 'interleaving ["name"] { entry … }',
    meaning: 'One schedule, spelled out. It is judged on its own, besides the search over all interleavings.',
  },
  expect: {
    form: 'expect safe | expect lost|corrupt|resurrected F R',
    meaning: 'What the author says is true; `safe` when nothing is said. A loss that is expected is no error.',
  },
  reach: {
    form: 'reach ["name"] CONDITION',
    meaning: 'Asks whether some interleaving comes to a state in which the condition holds.',
  },
  bound: { form: 'bound states|steps N', meaning: 'Limits the search for this scenario.' },
};
