// The names of arguments that the methods check are those that their types have. Compiled, never run.

import type { CloudflareStore } from 'threadkv';
import type { ARGUMENTS } from '../../build/types/store/arguments.js';

type Table = typeof ARGUMENTS;
type Method = keyof Table;

/** What one of the two has and the other has not: `never` where both have the same names, all the way down. */
type Differs<Shape, Type> = Shape extends { kind: 'object' | 'list'; names: infer Known }
  ? NamesDiffer<Known, NonNullable<Type> extends readonly (infer One)[] ? One : NonNullable<Type>>
  : never;
type NamesDiffer<Known, Type> =
  | Exclude<keyof Known, keyof Type>
  | Exclude<keyof Type, keyof Known>
  | { [Name in keyof Known & keyof Type]: Differs<Known[Name], Type[Name]> }[keyof Known & keyof Type];

/** Those with the object elsewhere than in the first place. */
type Later = 'updateTask' | 'getObservationalMemoryHistory';
type Guards = Extract<Table['updateTask'][number], { kind: 'object' }>;
type History = Extract<Table['getObservationalMemoryHistory'][number], { kind: 'object' }>;

declare const first: {
  [Name in Exclude<Method, Later>]: Differs<Table[Name][number], Parameters<CloudflareStore[Name]>[0]>;
};
declare const later: {
  updateTask: Differs<Guards, Parameters<CloudflareStore['updateTask']>[2]>;
  getObservationalMemoryHistory: Differs<
    History,
    Parameters<CloudflareStore['getObservationalMemoryHistory']>[3]
  >;
};

export const nothingDiffers: Record<Method, never> = { ...first, ...later };
