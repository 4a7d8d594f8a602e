/**
 * Weights and thresholds with which an institution begins, until it trains on its own records. Trained by EM on 100,000
 * synthetic records of a county (`node launch.mjs bench/matching.ts`, seed 7; the error model is in tools/simulator/doubles), rounded;
 * `document` is not in that set and stands as what a card's number is worth where one in a thousand is mistyped.
 */
import type { FieldModel, Model } from './fellegi-sunter.ts'
import type { Thresholds } from './verdict.ts'

const fields: readonly FieldModel[] = [
  {
    field: 'name',
    levels: ['same', 'sound', 'former', 'similar', 'part', 'different'],
    m: [0.934, 0.0295, 0.0081, 0.0103, 0.0176, 5e-4],
    u: [3.4e-5, 1.7e-5, 3.2e-7, 5.5e-4, 0.0515, 0.9479],
  },
  {
    field: 'birthDate',
    levels: ['same', 'plausible', 'year', 'close', 'different'],
    m: [0.971, 0.0168, 0.0111, 6e-4, 5e-4],
    u: [3.6e-5, 1.3e-3, 6.7e-5, 0.0153, 0.9833],
  },
  { field: 'sex', levels: ['same', 'different'], m: [0.991, 0.009], u: [0.524, 0.476] },
  {
    field: 'citizen',
    levels: ['same', 'slip', 'different'],
    m: [0.961, 0.0262, 0.0128],
    u: [1e-7, 1e-7, 1],
  },
  { field: 'document', levels: ['same', 'different'], m: [0.9, 0.1], u: [1e-6, 1] },
  {
    field: 'contact',
    levels: ['both', 'phone', 'address', 'area', 'different'],
    m: [0.518, 0.2, 0.204, 0.0587, 0.0193],
    u: [6.3e-6, 1.3e-6, 1e-5, 0.122, 0.878],
  },
]

/** In an institution of so many records every fifth has a double, and never is one pair in a thousand of one person. */
const doubled = 0.2
const mostMatching = 1e-3

/** The model for an institution of so many records. */
export function usualModel(people: number): Model {
  return { matching: matchingAmong(people), fields }
}

/** Share of one person's pairs among all pairs of so many records. */
export function matchingAmong(people: number): number {
  return Math.min(mostMatching, (2 * doubled) / Math.max(1, people))
}

export const usualThresholds: Thresholds = {
  upper: 0.99,
  lower: 0.05,
  evidence: ['number', 'document', 'name-birth-contact', 'name-birth', 'name-contact'],
}
