/** The concepts of a file, read piece by piece: what is in memory is one piece, however large the file is. */
import type { Concept, Header } from '../concepts/concept.ts'
import type { ImportedFile } from '../concepts/table.ts'
import { refusedImport } from '../failures.ts'
import { createCsvReader } from './csv-concepts.ts'
import { createFhirReader } from './hot/fhir-concepts.ts'

/** A concept at its place in the system, from 1. */
export type PlacedConcept = { readonly place: number; readonly concept: Concept }
export type Piece = {
  readonly concepts: readonly PlacedConcept[]
  /** Of the file, up to here. */
  readonly bytesRead: number
  /** What the file says of the code system itself; with the last piece. */
  readonly header?: Partial<Header>
}

/** Takes texts in order; gives the concepts that each completes. */
export interface ConceptReader {
  write(text: string): readonly PlacedConcept[]
  /** Throws where the file ends too early. */
  end(): { readonly concepts: readonly PlacedConcept[]; readonly header: Partial<Header> }
}

/** Always the same concepts in the same order; throws `invalid` where the file cannot be read. */
export async function* readConcepts(
  bytes: AsyncIterable<Uint8Array>,
  { format, columns }: Pick<ImportedFile, 'format' | 'columns'>,
): AsyncGenerator<Piece> {
  const reader = format === 'csv' ? createCsvReader(columns) : createFhirReader()
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let bytesRead = 0
  for await (const chunk of bytes) {
    bytesRead += chunk.length
    yield { concepts: reader.write(decoded(decoder, chunk)), bytesRead }
  }
  const concepts = reader.write(decoded(decoder))
  const last = reader.end()
  yield { concepts: [...concepts, ...last.concepts], bytesRead, header: last.header }
}

function decoded(decoder: InstanceType<typeof TextDecoder>, chunk?: Uint8Array): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
  } catch (cause) {
    throw refusedImport('the file is not UTF-8', cause)
  }
}
