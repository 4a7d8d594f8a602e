/** Files as sources and destinations of interfaces: folders of this machine. */
export { type FileOptions, fileDestination, fileSource } from './file-kinds.ts'
