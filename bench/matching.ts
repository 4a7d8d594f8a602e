/** `node launch.mjs bench/matching.ts`: how well one person's records are found, without a platform; 20 s. */
import { matchingReport } from './matching/accuracy.ts'

console.log(matchingReport())
