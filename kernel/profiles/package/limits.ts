/** How much of a package is taken. hl7.fhir.r4.core, the largest that is in wide use, has 4,600 files and 60 MB unpacked. */

/** Packed bytes. */
export const mostPackedBytes = 128 * 1_048_576
/** Unpacked bytes of all entries: a bomb ends here. */
export const mostUnpackedBytes = 1_024 * 1_048_576
/** Unpacked bytes of the definitions that are kept in memory until they are stored. */
export const mostDefinitionBytes = 256 * 1_048_576
/** Bytes of one definition; the largest snapshot of R4 has 2.5 MB. */
export const mostEntryBytes = 16 * 1_048_576
export const mostEntries = 50_000
/** Folders in a name. */
export const deepestEntry = 8
/** Characters of a name. */
export const longestName = 500
