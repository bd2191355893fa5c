import { type CompletionItem, CompletionItemKind } from 'vscode-languageserver';
import { compareReleases, guards, modelledReleases } from '../../engine/index.ts';
import type { ScenarioDocument } from '../documents/scenario-document.ts';
import {
  boundWords,
  type ConditionWord,
  conditionWords,
  endio,
  expectationWords,
  failureWords,
  fileAttributes,
  type MemberWord,
  memberWords,
  mountOptions,
  operationForms,
  operationWords,
  type ScenarioNode,
  type TaskNode,
} from '../language/index.ts';
import { isModelled } from '../language/modelled-operations.ts';
import { stepNamesOf } from '../read-scenarios.ts';
import { type CompletionPlace, completionPlace } from './completion-place.ts';
import type { Expected } from './completion-walk.ts';
import { explainGuard, explainOperation, explainStep } from './explanations.ts';
import { memberTexts } from './member-texts.ts';
import { conditionTexts, fileAttributeTexts, mountOptionTexts } from './option-texts.ts';

/** What is offered at an offset. After a blank that was typed, only what must come next: not at the start of whatever may follow. */
export function completion(document: ScenarioDocument, offset: number, trigger?: string): CompletionItem[] {
  const place = completionPlace(document.reading.tree, offset);
  if (place === undefined) return [];
  const { expected, start } = place;
  if (trigger === ' ' && expected.some((kind) => beginners.has(kind))) return [];
  const range = document.rangeOf({ start, end: offset });
  return expected.flatMap((kind, group) =>
    offers[kind](place).map(
      ({ insert, ...item }, index): CompletionItem => ({
        ...item,
        sortText: `${group}${String(index).padStart(4, '0')}`,
        filterText: item.label,
        textEdit: { range, newText: insert ?? item.label },
      }),
    ),
  );
}

/** Places where a new part of the text begins: after a blank there, nobody waits for offers. */
const beginners: ReadonlySet<Expected> = new Set(['scenario', 'member', 'operation', 'entry']);

type Offer = Pick<CompletionItem, 'label' | 'kind' | 'detail' | 'documentation'> & {
  /** What is inserted, where it is not the label. */
  readonly insert?: string;
};

const offers: Readonly<Record<Expected, (place: CompletionPlace) => Offer[]>> = {
  scenario: () => [{ label: 'scenario', kind: CompletionItemKind.Keyword, detail: 'scenario "name" { … }' }],
  member: () => memberWords.map(memberOffer),
  release: () =>
    releases().map((release) => ({ label: release, kind: CompletionItemKind.Value, detail: `Linux ${release}` })),
  guard: () =>
    guards.map(({ name, subject }) => ({
      label: name,
      kind: CompletionItemKind.Constant,
      detail: subject,
      ...markdown(explainGuard(name)),
    })),
  'on-off': () => keywords(['on', 'off']),
  file: ({ scenario }) => names(scenario, 'file').map((label) => ({ label, kind: CompletionItemKind.File })),
  range: () => [...keywords(['all']), { label: 'page', kind: CompletionItemKind.Keyword, insert: 'page ' }],
  'file-attribute': () => fileAttributes.map((word) => ({ ...keyword(word), ...markdown(fileAttributeTexts[word]) })),
  'mount-option': () => mountOptions.map((word) => ({ ...keyword(word), ...markdown(mountOptionTexts[word]) })),
  task: ({ scenario }) => names(scenario, 'task').map((label) => ({ label, kind: CompletionItemKind.Function })),
  operation: () =>
    operationWords.filter(isModelled).map((word) => ({
      label: word,
      kind: CompletionItemKind.Event,
      detail: [word, ...operationForms[word]].join(' '),
      ...markdown(explainOperation(word)),
    })),
  'operation-of-task': (place) =>
    distinct(taskOf(place)?.operations.map(({ word }) => word.text) ?? []).map(operationOffer),
  'label-of-task': (place) =>
    distinct(taskOf(place)?.operations.map(({ label, word }) => label?.text ?? word.text) ?? []).map(operationOffer),
  step: stepOffers,
  before: () => keywords(['before']),
  to: () => keywords(['to']),
  as: () => keywords(['as']),
  'keep-size': () => keywords(['keep-size']),
  entry: ({ scenario }) => [
    ...[...names(scenario, 'task'), endio].map((task) => ({
      label: task,
      kind: CompletionItemKind.Function,
      insert: `${task}: `,
    })),
    ...keywords(['crash']),
  ],
  until: () => keywords(['until']),
  expectation: () => keywords(expectationWords),
  not: () => keywords(['not']),
  'and-or': () => keywords(['and', 'or']),
  'state-of-operation': () => [...conditionWords.operation.map(conditionOffer), ...keywords(['is'])],
  'way-of-fsync': () => conditionWords.operationIs.map(conditionOffer),
  'flag-of-file': (place) => (isFile(place) ? conditionWords.file.map(conditionOffer) : []),
  'is-of-task': (place) => (taskOf(place) === undefined ? [] : keywords(['is'])),
  at: () => keywords(['at']),
  'step-of-task': (place) =>
    distinct(taskOf(place)?.operations.map(({ word }) => word.text) ?? []).flatMap((operation) =>
      stepOffers({ ...place, operation, task: undefined }),
    ),
  'range-of-file': (place) => (isFile(place) ? offers.range(place) : []),
  'state-of-range': () => [...conditionWords.range.map(conditionOffer), ...keywords(['in'])],
  'in-list': () => conditionWords.rangeIn.map(conditionOffer),
  bound: () => keywords(boundWords),
  failure: () => keywords(failureWords),
  on: () => keywords(['on']),
};

function conditionOffer(word: ConditionWord): Offer {
  return { ...keyword(word), ...markdown(conditionTexts[word]) };
}

function isFile({ scenario, task }: CompletionPlace): boolean {
  return task !== undefined && names(scenario, 'file').includes(task);
}

function memberOffer(word: MemberWord): Offer {
  const { form, meaning } = memberTexts[word];
  return { label: word, kind: CompletionItemKind.Keyword, detail: form, documentation: meaning };
}

function operationOffer(label: string): Offer {
  return { label, kind: CompletionItemKind.Event, ...markdown(explainOperation(label)) };
}

/** Steps of the operation meant, in the order of its table; for a reference to a writeback, those of its completions too. */
function stepOffers(place: CompletionPlace): Offer[] {
  const { operation: written = '', task } = place;
  const labelled = taskOf(place)?.operations.find(({ label }) => label?.text === written)?.word.text;
  const operation = labelled ?? written;
  const owners = operation === 'writeback' && task !== undefined ? [operation, endio] : [operation];
  return owners.flatMap((owner) =>
    steps(owner).map((label) => ({
      label,
      kind: CompletionItemKind.EnumMember,
      detail: `step of ${owner}`,
      ...markdown(explainStep(owner, label)),
    })),
  );
}

function steps(word: string): readonly string[] {
  if (word === endio) return stepNamesOf(endio);
  return isModelled(word) ? stepNamesOf(word) : [];
}

/** Releases that are modelled, or in which a guard came, newest first. */
function releases(): string[] {
  const fixed = guards.flatMap((guard) => guard.fixed ?? []);
  return distinct([...modelledReleases, ...fixed]).sort((left, right) => compareReleases(right, left));
}

function names(scenario: ScenarioNode | undefined, kind: 'file' | 'task'): string[] {
  const members = scenario?.members ?? [];
  return distinct(members.flatMap((member) => (member.kind === kind ? (member.name?.text ?? []) : [])));
}

function taskOf({ scenario, task }: CompletionPlace): TaskNode | undefined {
  return scenario?.members.find((member): member is TaskNode => member.kind === 'task' && member.name?.text === task);
}

function keywords(words: readonly string[]): Offer[] {
  return words.map(keyword);
}

function keyword(label: string): Offer {
  return { label, kind: CompletionItemKind.Keyword };
}

function markdown(value: string | undefined): Pick<CompletionItem, 'documentation'> {
  return value === undefined ? {} : { documentation: { kind: 'markdown', value } };
}

function distinct(items: readonly string[]): string[] {
  return [...new Set(items)];
}
