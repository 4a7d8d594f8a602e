/** Limits of bulk data, each with its reason. */

/** A page of the record that is in memory at once, about 5 MB. */
export const resourcesPerPage = 2_000
/** A file that most programs open; at most this much is read again after a crash. */
export const resourcesPerFile = 100_000
export const bytesPerFile = 256 * 1024 * 1024
/** How long the files of an export may be fetched. */
export const exportLastsMs = 24 * 3_600_000
/** How long a file that was sent may be imported, or imported again. */
export const uploadLastsMs = 7 * 24 * 3_600_000
/** Whatever no row names after this, a crash has left. */
export const passingLastsMs = 30 * 24 * 3_600_000
/** Transactions whose time was taken before they asked for a number are awaited by this much. */
export const settlingMs = 1_000
/** A client is told to ask again after this. */
export const askAgainSeconds = 2
/** Exports and imports that one owner may have waiting or running. */
export const mostUnfinished = 5
/** Members of a group; a query names them all. */
export const mostPatients = 20_000
export const mostTypeFilters = 50
/** One input of an import; a whole county comes in several. */
export const mostInputBytes = 8 * 1024 ** 3
export const mostInputs = 200
/** Fetching one input from elsewhere: 8 GiB at 20 Mbit/s. */
export const downloadMs = 3_600_000
/** A line is one resource; longer ones are refused, and read over in little memory. */
export const mostLineBytes = 16 * 1024 * 1024
/** Resources of one transaction of an import: more gain nothing, and one refused line repeats the others. */
export const linesPerBatch = 400
/** Whatever comes first ends a batch. */
export const bytesPerBatch = 4 * 1024 * 1024
/** Lines of refusals in one answer. */
export const mostRefusalsShown = 100_000
/** Jobs that the monitor shows. */
export const mostListed = 100
