/** Tables and views of other systems' databases as sources and destinations of interfaces. */
export { type DatabaseOptions, databaseDestination, databaseSource } from './database-kinds.ts'
